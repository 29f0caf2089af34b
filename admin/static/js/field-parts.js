// Parts of the inspection page: making a photo smaller, and a place to sign with a finger.
(function () {
  "use strict";
  const LONGEST = 1600, QUALITY = 0.8;

  async function smaller(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((done, failed) => canvas.toBlob(
      (blob) => (blob ? done(blob) : failed(new Error("no blob"))), "image/jpeg", QUALITY));
  }

  function where() {
    return new Promise((done) => {
      if (!navigator.geolocation) { done(""); return; }
      navigator.geolocation.getCurrentPosition(
        (at) => done(at.coords.latitude.toFixed(5) + "," + at.coords.longitude.toFixed(5)), () => done(""),
        { timeout: 6000, maximumAge: 60000 });
    });
  }

  // A canvas one signs on; `value()` is its PNG as a data URL, "" while nothing is drawn.
  function pad(canvas, changed) {
    const drawing = canvas.getContext("2d");
    let drawn = false, down = false;
    function clear() {
      drawing.fillStyle = "#fff";
      drawing.fillRect(0, 0, canvas.width, canvas.height);
      drawing.strokeStyle = "#1c2528";
      drawing.lineWidth = 4;
      drawing.lineCap = drawing.lineJoin = "round";
      drawn = false;
    }
    function at(event) {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    }
    canvas.addEventListener("pointerdown", (event) => {
      down = true; drawn = true;
      canvas.setPointerCapture(event.pointerId);
      drawing.beginPath();
      drawing.moveTo(...at(event));
      drawing.lineTo(...at(event));
      drawing.stroke();
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!down) return;
      drawing.lineTo(...at(event));
      drawing.stroke();
    });
    const up = () => { if (down) { down = false; changed(); } };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    clear();
    return {
      value: () => (drawn ? canvas.toDataURL("image/png") : ""),
      clear: () => { clear(); changed(); },
      show: (url) => {
        if (!url) return;
        const picture = new Image();
        picture.onload = () => { drawing.drawImage(picture, 0, 0); drawn = true; };
        picture.src = url;
      },
    };
  }

  // An element: h("p", {class: "note"}, "words", other).
  function h(name, given, ...inside) {
    const made = document.createElement(name);
    Object.entries(given || {}).forEach(([key, value]) => {
      if (value === false || value === null || value === undefined) return;
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else made.setAttribute(key, value === true ? "" : value);
    });
    made.append(...inside.filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
    return made;
  }

  window.ZhunyuFieldParts = { smaller, where, pad, h };
})();
