// What a phone keeps of site inspections: visits taken along with what is written, and the queue of what is not sent.
// Everything belongs to an account; it is deleted when it has been sent, and all of it when one signs out.
(function () {
  "use strict";
  const NAME = "zhunyu-field";
  let opened = null;

  function open() {
    if (!opened) {
      opened = new Promise((done, failed) => {
        const opening = indexedDB.open(NAME, 1);
        opening.onupgradeneeded = () => {
          opening.result.createObjectStore("visits", { keyPath: "case" });
          opening.result.createObjectStore("queue", { keyPath: "key" });
          opening.result.createObjectStore("own", { keyPath: "name" });
        };
        opening.onsuccess = () => {
          opening.result.onversionchange = () => { opening.result.close(); opened = null; };
          done(opening.result);
        };
        opening.onerror = () => failed(opening.error);
      });
    }
    return opened;
  }

  async function ask(store, mode, work) {
    const db = await open();
    return new Promise((done, failed) => {
      const transaction = db.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  }

  window.ZhunyuFieldStore = {
    put: (store, value) => ask(store, "readwrite", (place) => place.put(value)),
    get: (store, key) => ask(store, "readonly", (place) => place.get(key)),
    all: (store) => ask(store, "readonly", (place) => place.getAll()),
    drop: (store, key) => ask(store, "readwrite", (place) => place.delete(key)),
  };
})();
