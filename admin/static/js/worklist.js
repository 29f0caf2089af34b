// Choosing many, by mouse and keyboard; bulk acts in portions with how far they are.
(function () {
  "use strict";
  var form = document.querySelector("[data-bulk]");
  var picks = form ? Array.prototype.slice.call(form.querySelectorAll("[data-pick]")) : [];
  var all = form && form.querySelector("[data-all]"), bar = form && form.querySelector("[data-bar]");

  function told() {
    var chosen = picks.filter(function (one) { return one.checked; }).length;
    if (all) { all.checked = chosen > 0 && chosen === picks.length; all.indeterminate = chosen > 0 && chosen < picks.length; }
    if (!bar) return;
    bar.classList.toggle("on", chosen > 0);
    bar.querySelector("[data-count]").textContent = chosen ? "已选 " + chosen + " 件" : "勾选后可以一并办理";
    bar.querySelectorAll("button").forEach(function (one) { one.disabled = !chosen; });
  }
  if (form) {
    form.addEventListener("change", function (event) {
      if (event.target === all) picks.forEach(function (one) { one.checked = all.checked; });
      told();
    });
    window.addEventListener("pageshow", told);
    told();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
    if (event.key === "?") {
      var keys = document.getElementById("keys");
      if (keys && !keys.open) { event.preventDefault(); keys.showModal(); }
    }
    if (event.key === "x") {
      var row = document.querySelector("[data-rows] tr.cursor"), pick = row && row.querySelector("[data-pick]");
      if (pick) { pick.checked = !pick.checked; told(); }
    }
  });

  document.addEventListener("submit", function (event) {
    var portions = event.target.closest("[data-portions]");
    if (!portions || !window.fetch) return;
    event.preventDefault();
    var button = portions.querySelector("button"), shown = portions.querySelector("[data-progress]");
    var line = portions.querySelector("[data-progress-words]"), began = Date.now();
    button.disabled = true;
    var data = new FormData(portions);
    function next() {
      fetch(portions.action, { method: "POST", body: data, headers: { "X-Portion": "1" }, credentials: "same-origin" })
        .then(function (reply) {
          if ((reply.headers.get("Content-Type") || "").indexOf("json") < 0) {  // asked again, with what is wrong
            return reply.text().then(function (page) {
              var main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
              if (!main) { location.reload(); return; }
              document.querySelector("main").replaceWith(main);
              var focus = main.querySelector("[data-focus]");
              if (focus) focus.focus();
            });
          }
          return reply.json().then(function (said) {
            if (said.left === undefined) { location.reload(); return; }
            shown.hidden = !said.left && Date.now() - began < 1000;
            shown.querySelector("progress").value = said.done;
            line.textContent = "已办 " + said.done + " 件，共 " + said.all + " 件。请不要关闭本页。";
            if (said.left) next(); else location.assign(portions.action);
          });
        })
        .catch(function () {
          line.textContent = "网络中断，已办的不会重复办理。请再点一次继续。"; shown.hidden = false; button.disabled = false;
        });
    }
    next();
  });
})();
