// Fetches the theme's scripts, and with them the search index, only when somebody turns to the search.
(function () {
  "use strict";
  var box = document.querySelector(".md-search__input");
  var stored = document.getElementById("theme-scripts");
  var ready = null;

  function load(found) {
    return new Promise(function (done) {
      var script = document.createElement("script");
      script.src = found.getAttribute("src");
      script.addEventListener("load", done);
      document.body.appendChild(script);
    });
  }

  function theme() {
    ready = ready || Promise.all(Array.from(stored.content.querySelectorAll("script[src]"), load));
    return ready;
  }

  if (!box) { return; }
  box.addEventListener("focus", function () {
    theme().then(function () { box.dispatchEvent(new KeyboardEvent("keyup")); }); // what was typed while it loaded
  });
  document.querySelectorAll("[data-search]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      theme().then(function () {
        document.querySelector(".portal-search-label").click();
        box.focus(); // the theme does so before the box is shown, which a browser ignores
      });
    });
  });
})();
