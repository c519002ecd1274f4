(() => {
  const root = document.documentElement, { pause } = document.currentScript.dataset;
  for (const time of document.querySelectorAll("time"))
    // Not every tag is a locale.
    try {
      time.textContent = new Intl.DateTimeFormat(root.lang, {
        weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short"
      }).format(new Date(time.dateTime));
    } catch {}
  if (!pause) return;
  // A pass leads back to this page.
  const pass = document.querySelector("a.pass");
  if (pass) pass.search = new URLSearchParams({ to: location.pathname + location.search });
  let due;
  const wait = () => {
    clearTimeout(due);
    due = setTimeout(look, pause * (500 + 1000 * Math.random()));
  };
  const look = async () => {
    wait();
    if (document.hidden) return;
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" }).catch(() => {});
    if (!answer || answer.headers.has("intermission") || answer.status == 429 || answer.status > 501) return;
    const { href } = location;
    // Else it would only scroll.
    if (href.includes("#")) history.replaceState(null, "", "?" + Math.random());
    location.replace(href);
  };
  document.addEventListener("visibilitychange", look);
  wait();
})();
