// Small behaviours of every page. No page depends on them to work.
(function () {
  "use strict";
  var token = document.querySelector('meta[name="csrf-token"]');

  document.addEventListener("htmx:configRequest", function (event) {
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  function toast(text, tone) {
    var box = document.getElementById("toasts");
    if (!box) return;
    var item = document.createElement("div");
    item.className = "toast " + (tone || "info");
    item.textContent = text;
    box.appendChild(item);
    window.setTimeout(function () { item.remove(); }, 8000);
  }
  window.zhunyuToast = toast;

  document.addEventListener("htmx:responseError", function (event) {
    var text = "操作没有成功，请稍后再试。";
    try {
      var problem = JSON.parse(event.detail.xhr.responseText);
      text = [problem.what, problem.next].filter(Boolean).join(" ");
    } catch (error) { /* not a problem document */ }
    toast(text, "bad");
  });
  document.addEventListener("htmx:sendError", function () {
    toast("网络连接中断，刚才的操作没有送达。", "bad");
  });

  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-opens]");
    if (opener) {
      var dialog = document.getElementById(opener.getAttribute("data-opens"));
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
      return;
    }
    if (event.target.closest("[data-closes]")) {
      var open = event.target.closest("dialog");
      if (open) open.close();
      return;
    }
    if (event.target.closest("[data-back]")) { event.preventDefault(); window.history.back(); return; }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    var copier = event.target.closest("[data-copy]");
    if (copier && navigator.clipboard) {
      navigator.clipboard.writeText(copier.getAttribute("data-copy")).then(function () { toast("已复制", "good"); });
    }
  });

  // A form marked data-once is sent once: a second press does nothing while the answer is under way.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "1");
    var button = event.submitter;
    if (button) { button.classList.add("busy"); button.setAttribute("aria-busy", "true"); }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
    document.querySelectorAll(".btn.busy").forEach(function (button) {
      button.classList.remove("busy"); button.removeAttribute("aria-busy");
    });
  });

  document.addEventListener("change", function (event) {
    var chooser = event.target.closest("select[data-submits]");
    if (chooser && chooser.form) chooser.form.requestSubmit();
  });

  var summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
