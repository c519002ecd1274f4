(() => {
  const root = document.documentElement, { pause } = document.currentScript.dataset;
  for (const time of document.querySelectorAll("time"))
    time.textContent = new Intl.DateTimeFormat(root.lang, {
      weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short"
    }).format(new Date(time.dateTime));
  if (!pause) return;
  let due;
  const wait = () => {
    clearTimeout(due);
    due = setTimeout(look, pause * (500 + 1000 * Math.random()));
  };
  const look = async () => {
    wait();
    if (document.hidden) return;
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" }).catch(() => {});
    if (!answer || answer.headers.has("intermission") || answer.status > 501) return;
    const { href, hash, pathname } = location;
    if (hash) history.replaceState(null, "", pathname + "?" + Math.random());
    location.replace(href);
  };
  document.addEventListener("visibilitychange", look);
  wait();
})();
