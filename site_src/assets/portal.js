// Remembers how a reader wants the pages to look: dark or light, large type. It runs before the page is drawn, so that
// nothing flashes. Without it the pages follow the system's setting and are complete.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered(name) {
    try { return localStorage.getItem("portal." + name); } catch (blocked) { return null; }
  }

  function remember(name, value) {
    try {
      if (value === null) { localStorage.removeItem("portal." + name); } else { localStorage.setItem("portal." + name, value); }
    } catch (blocked) { /* a private window: it holds for this page only */ }
  }

  function wear(name, value) {
    if (value === null) { root.removeAttribute("data-" + name); } else { root.setAttribute("data-" + name, value); }
  }

  function isDark() {
    var scheme = root.getAttribute("data-scheme");
    return scheme === null ? system.matches : scheme === "dark";
  }

  root.classList.replace("no-js", "js"); // the theme hides its search from readers without scripts
  wear("scheme", remembered("scheme"));
  wear("type", remembered("type"));

  var tools = {
    dark: {
      on: isDark,
      press: function () {
        var dark = !isDark();
        var value = dark === system.matches ? null : dark ? "dark" : "light";
        remember("scheme", value);
        wear("scheme", value);
      }
    },
    large: {
      on: function () { return root.getAttribute("data-type") === "large"; },
      press: function () {
        var value = this.on() ? null : "large";
        remember("type", value);
        wear("type", value);
      }
    }
  };

  function show(button, tool) {
    button.setAttribute("aria-pressed", String(tool.on()));
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-portal]").forEach(function (button) {
      var tool = tools[button.getAttribute("data-portal")];
      show(button, tool);
      button.hidden = false;
      button.addEventListener("click", function () { tool.press(); show(button, tool); });
      system.addEventListener("change", function () { show(button, tool); });
    });
  });
})();
