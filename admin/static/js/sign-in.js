// The desk asks every two seconds whether the phone has answered. Without it the button does the same.
(function () {
  "use strict";
  var panel = document.querySelector("[data-qr]");
  if (!panel) return;
  var words = panel.querySelector("[data-qr-words]");
  var form = panel.querySelector("[data-qr-enter]");
  var until = Date.now() + Number(panel.getAttribute("data-seconds")) * 1000;
  var last = "";
  function say(text, tone) { if (words.textContent !== text) { words.textContent = text; words.className = "notice " + tone; } }
  function over(text) { say(text, "warn"); form.hidden = true; panel.querySelector(".qr").classList.add("over"); }
  function tell(state) {
    if (state === "confirmed") { say("手机已确认，正在进入。", "good"); form.requestSubmit(); return true; }
    if (state === "refused") { over("手机上拒绝了这次登录。"); return true; }
    if (state === "over" || state === "used") { over("二维码已过期，请换一个。"); return true; }
    if (state === "seen" && last !== "seen") say("已扫码，请在手机上核对数字并确认。", "info");
    last = state;
    return false;
  }
  function ask() {
    if (Date.now() > until) { over("二维码已过期，请换一个。"); return; }
    fetch(panel.getAttribute("data-qr"), { headers: { "X-Poll": "1", "Accept": "application/json" }, cache: "no-cache", credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (said) { if (!tell(said.state)) window.setTimeout(ask, 2000); })
      .catch(function () { window.setTimeout(ask, 5000); });
  }
  window.setTimeout(ask, 2000);
})();
