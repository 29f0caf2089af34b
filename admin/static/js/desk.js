// The desk's keyboard, the viewer beside the case, and opinion templates.
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

  var viewer = document.querySelector("[data-viewer]");
  document.addEventListener("click", function (event) {
    var inserter = event.target.closest("[data-inserts]");
    if (inserter) {
      var area = document.getElementById(inserter.getAttribute("data-inserts"));
      area.value += (area.value && !/\n$/.test(area.value) ? "\n" : "") + inserter.textContent;
      area.focus();
      return;
    }
    var link = event.target.closest("a[data-view]");
    if (!link || !viewer || !viewer.offsetParent || event.ctrlKey || event.metaKey) return;
    var frame = viewer.querySelector("[data-frame]"), picture = viewer.querySelector("[data-picture]");
    var media = link.getAttribute("data-view");
    if (media !== "application/pdf" && media.indexOf("image/") !== 0) return;
    event.preventDefault();
    var paper = media === "application/pdf";
    frame.hidden = !paper; picture.hidden = paper;
    (paper ? frame : picture).src = link.href + (paper ? "#toolbar=0&navpanes=0&view=FitH" : "");
    var alone = document.querySelector("[data-alone]");
    if (alone) alone.href = link.href;
    picture.alt = "材料预览：" + link.textContent;
    document.querySelectorAll("a[data-view][aria-current]").forEach(function (one) { one.removeAttribute("aria-current"); });
    link.setAttribute("aria-current", "true");
  });
})();
