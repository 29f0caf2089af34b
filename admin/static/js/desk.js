// The desk's keyboard and opinion templates.
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-rows] tbody tr"));
  var at = -1;

  function move(to) {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach(function (row, place) { row.classList.toggle("cursor", place === at); });
    rows[at].scrollIntoView({ block: "nearest" });
    var link = rows[at].querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing) {
      var search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (typing) return;
    if (event.key === "j") move(at + 1);
    if (event.key === "k") move(at - 1);
    if (event.key === "Enter" && at >= 0 && event.target === document.body) rows[at].querySelector("a").click();
  });

  document.addEventListener("click", function (event) {
    var inserter = event.target.closest("[data-inserts]");
    if (!inserter) return;
    var area = document.getElementById(inserter.getAttribute("data-inserts"));
    area.value += (area.value && !/\n$/.test(area.value) ? "\n" : "") + inserter.textContent;
    area.focus();
  });
})();
