(() => {
  const form = document.forms[0];
  // By a header, so that a node need not read a body. The form itself is for browsers without script.
  const enter = async () => {
    // A link has the pass behind its "#".
    const pass = form.pass.value.split("#").pop().trim();
    const answer = await fetch(location.pathname, {
      method: "POST", headers: { "Intermission-Pass": pass }, cache: "no-store", redirect: "manual"
    }).catch(() => {});
    // The node writes only paths of its own site into this field.
    if (answer?.type == "opaqueredirect") return location.replace(form.to.value);
    document.querySelector("[role=alert]").hidden = false;
    form.pass.select();
  };
  const follow = () => {
    const pass = location.hash.slice(1);
    if (!pass) return form.pass.focus();
    // Neither the address bar nor the history keeps a pass.
    history.replaceState(null, "", location.pathname + location.search);
    form.pass.value = pass;
    enter();
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    enter();
  });
  // A link that is pasted over the address of the page loads nothing.
  addEventListener("hashchange", follow);
  follow();
})();
