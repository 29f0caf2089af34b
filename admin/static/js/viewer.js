// The viewer beside a case: pages of PDFs and pictures, drawn by the server; turns, zooms, rotates.
(function () {
  "use strict";
  var viewer = document.querySelector("[data-viewer]");
  if (!viewer) return;
  var stage = viewer.querySelector("[data-stage]"), sheet = viewer.querySelector("[data-sheet]");
  var picture = viewer.querySelector("[data-picture]"), place = viewer.querySelector("[data-place]");
  var fault = viewer.querySelector("[data-fault]"), alone = document.querySelector("[data-alone]");
  var links = Array.prototype.slice.call(document.querySelectorAll("a[data-page]"));
  var now = { link: links.filter(function (one) { return one.hasAttribute("aria-current"); })[0] || links[0], page: 1, zoom: 1, turned: 0 };
  if (!now.link) return;
  viewer.querySelector("[data-bar]").hidden = false;

  function pages() { return parseInt(now.link.dataset.pages, 10) || 1; }

  function width() {
    var wanted = stage.clientWidth * now.zoom * Math.min(window.devicePixelRatio || 1, 2);
    return wanted > 960 ? 1600 : wanted > 480 ? 960 : 480;
  }

  function lay() {
    if (!picture.naturalWidth) return;
    var ratio = picture.naturalHeight / picture.naturalWidth, wide = Math.floor(stage.clientWidth * now.zoom);
    var lying = now.turned % 180 !== 0;
    var across = lying ? wide / ratio : wide, down = across * ratio;
    picture.style.width = across + "px";
    picture.style.height = down + "px";
    sheet.style.width = wide + "px";
    sheet.style.height = (lying ? across : down) + "px";
    var shift = { 0: "", 90: "translate(" + down + "px,0) ", 180: "translate(" + across + "px," + down + "px) ", 270: "translate(0," + across + "px) " };
    picture.style.transform = shift[now.turned] + "rotate(" + now.turned + "deg)";
  }

  function show() {
    var source = now.link.dataset.page.replace(/\d+$/, String(now.page)) + "?width=" + width();
    place.textContent = now.page + " / " + pages();
    viewer.querySelector('[data-do="back"]').disabled = now.page <= 1;
    viewer.querySelector('[data-do="on"]').disabled = now.page >= pages();
    picture.alt = now.link.textContent + " 第 " + now.page + " 页";
    if (picture.getAttribute("src") !== source) picture.src = source; else lay();
  }

  function choose(link) {
    now = { link: link, page: 1, zoom: 1, turned: 0 };
    links.forEach(function (one) { one.removeAttribute("aria-current"); });
    link.setAttribute("aria-current", "true");
    if (alone) alone.href = link.href;
    document.querySelectorAll(".proof").forEach(function (one) { one.hidden = one.id !== link.dataset.proof; });
    stage.scrollTop = 0;
    show();
  }

  var doing = {
    back: function () { if (now.page > 1) { now.page -= 1; stage.scrollTop = 0; show(); } },
    on: function () { if (now.page < pages()) { now.page += 1; stage.scrollTop = 0; show(); } },
    "in": function () { now.zoom = Math.min(4, now.zoom * 1.25); show(); lay(); },
    out: function () { now.zoom = Math.max(0.4, now.zoom / 1.25); show(); lay(); },
    fit: function () { now.zoom = 1; show(); lay(); },
    turn: function () { now.turned = (now.turned + 90) % 360; lay(); }
  };
  var keys = { ArrowLeft: "back", PageUp: "back", ArrowRight: "on", PageDown: "on", "+": "in", "=": "in", "-": "out", "0": "fit", r: "turn", R: "turn" };

  picture.addEventListener("load", function () { fault.hidden = true; sheet.hidden = false; lay(); });
  picture.addEventListener("error", function () {
    fault.textContent = "这一页没有显示出来。请刷新后重试，或点“在新窗口打开”查看原文件。";
    fault.hidden = false;
    sheet.hidden = true;
  });
  viewer.addEventListener("click", function (event) {
    var button = event.target.closest("[data-do]");
    if (button) doing[button.dataset.do]();
  });
  viewer.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    doing[keys[event.key]]();
  });
  window.addEventListener("resize", lay);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-page], a[data-opens]");
    if (!link || event.ctrlKey || event.metaKey || !viewer.offsetParent) return;
    var wanted = link.dataset.opens ? document.getElementById("u-" + link.dataset.opens) : link;
    if (!wanted || !wanted.dataset.page) return;
    event.preventDefault();
    choose(wanted);
    if (link.dataset.opens || window.innerWidth <= 1100) viewer.scrollIntoView({ block: "nearest" });
    viewer.focus({ preventScroll: true });
  });
  show();
})();
