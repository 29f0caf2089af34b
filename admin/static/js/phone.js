// The desk as an app: registers the service worker, and before signing out says what a phone would lose.
(function () {
  "use strict";
  var own = document.currentScript;
  if ("serviceWorker" in navigator && own.dataset.worker) {
    navigator.serviceWorker.register(own.dataset.worker, { scope: own.dataset.scope, updateViaCache: "none" }).catch(function () {});
  }

  var NAME = "zhunyu-field";
  function unsent() {
    if (!("indexedDB" in window) || !indexedDB.databases) return Promise.resolve(0);
    return indexedDB.databases().then(function (all) {
      if (!all.some(function (one) { return one.name === NAME; })) return 0;
      return new Promise(function (done) {
        var opening = indexedDB.open(NAME);
        opening.onerror = function () { done(0); };
        opening.onsuccess = function () {
          var db = opening.result;
          if (!db.objectStoreNames.contains("queue")) { db.close(); done(0); return; }
          var count = db.transaction("queue").objectStore("queue").count();
          count.onsuccess = function () { db.close(); done(count.result); };
          count.onerror = function () { db.close(); done(0); };
        };
      });
    });
  }
  function wipe() {
    var gone = new Promise(function (done) {
      if (!("indexedDB" in window)) { done(); return; }
      var deleting = indexedDB.deleteDatabase(NAME);
      deleting.onsuccess = deleting.onerror = deleting.onblocked = done;
    });
    var caches = !("caches" in window) ? Promise.resolve() : window.caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) { return name.indexOf(NAME) === 0; })
        .map(function (name) { return window.caches.delete(name); }));
    });
    return Promise.all([gone, caches]);
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!/\/logout$/.test(form.action) || form.dataset.wiped) return;
    event.preventDefault();
    unsent().then(function (count) {
      var words = "手机上还有 " + count + " 项现场核查内容没有发送，退出后将从手机上删除，不能恢复。仍要退出吗？";
      if (count && !window.confirm(words)) return;
      wipe().then(function () { form.dataset.wiped = "1"; form.submit(); }, function () { form.dataset.wiped = "1"; form.submit(); });
    }, function () { form.dataset.wiped = "1"; form.submit(); });
  });
})();
