// Keeps a part of the page alive: asks again with the ETag after the seconds the part names, until it names none.
(function () {
  "use strict";
  var box = document.querySelector("[data-live]");
  if (!box) return;
  var etag = box.getAttribute("data-etag") || "", failures = 0;

  function seconds() {
    var inner = box.querySelector("[data-every]");
    return Number((inner || box).getAttribute("data-every") || 0);
  }

  function next() {
    var wait = seconds();
    if (!wait) return;
    window.setTimeout(ask, Math.min(60, wait * Math.pow(2, failures)) * 1000);
  }

  function ask() {
    if (document.hidden) { document.addEventListener("visibilitychange", ask, { once: true }); return; }
    fetch(box.getAttribute("data-live"), { headers: { "If-None-Match": etag }, cache: "no-store", redirect: "manual" })
      .then(function (answer) {
        failures = 0;
        if (answer.status !== 200) return null;
        etag = answer.headers.get("ETag") || "";
        return answer.text();
      })
      .then(function (page) {
        if (page === null) return;
        box.innerHTML = page;
        var words = box.querySelector("[data-say]"), say = document.getElementById("live-words");
        if (words && say) say.textContent = words.textContent;
      })
      .catch(function () { failures = Math.min(6, failures + 1); })
      .then(next);
  }
  next();
})();
