(() => {
  const form = document.forms[0], wanted = new URLSearchParams(location.search).get("to") || "/";
  const to = new URL(wanted, location.origin), pass = location.hash.slice(1);
  if (to.origin == location.origin) form.to.value = to.pathname;
  // By a header, so that a node need not read a body. The form itself is for browsers without script.
  const enter = async () => {
    const answer = await fetch(location.pathname, {
      method: "POST", headers: { "Intermission-Pass": form.pass.value.trim() }, cache: "no-store", redirect: "manual"
    }).catch(() => {});
    if (answer?.type == "opaqueredirect") return location.replace(form.to.value);
    document.querySelector("[role=alert]").hidden = false;
    form.pass.select();
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    enter();
  });
  if (!pass) return form.pass.focus();
  // The history of the browser keeps no pass.
  history.replaceState(null, "", location.pathname + location.search);
  form.pass.value = pass;
  enter();
})();
