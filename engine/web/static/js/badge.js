// The number of unread messages: asked every 20 seconds with the ETag, not while the page is hidden.
(function () {
  "use strict";
  var link = document.querySelector("[data-badge]");
  if (!link) return;
  var count = link.querySelector(".badge-count"), etag = "", every = 20, failures = 0, timer = 0;

  function show(found) {
    every = found.every || every;
    count.textContent = found.text;
    count.hidden = !found.text;
    link.setAttribute("aria-label", found.text ? "消息，" + found.text + " 条未读" : "消息，没有未读");
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, Math.min(300, every * Math.pow(2, failures)) * 1000);
  }

  function ask() {
    if (document.hidden) return;
    var headers = { "Accept": "application/json", "X-Poll": "1" };
    if (etag) headers["If-None-Match"] = etag;
    fetch(link.getAttribute("data-badge"), { headers: headers, cache: "no-store", redirect: "manual" })
      .then(function (answer) {
        if (answer.status === 401 || answer.type === "opaqueredirect") return "over";
        failures = 0;
        if (answer.status !== 200) return null;
        etag = answer.headers.get("ETag") || "";
        return answer.json().then(show);
      })
      .then(function (said) { if (said !== "over") later(); })
      .catch(function () { failures = Math.min(4, failures + 1); later(); });
  }

  document.addEventListener("visibilitychange", function () {
    window.clearTimeout(timer);
    if (!document.hidden) ask();
  });
  ask();
})();
