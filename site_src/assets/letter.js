// The letter form: checks what was filled in, shows the text that it makes, copies it, opens the mail program or saves a
// mail file. Nothing leaves the reader's machine. The text is the page's own empty text (#whole-letter) with each value
// put behind its label: what the mailbox worker reads back is defined in one place, not here.
(function () {
  "use strict";
  var form = document.getElementById("letter");
  var shown = document.getElementById("whole-letter");
  var status = document.getElementById("letter-status");
  var empty = shown.textContent;
  var fields = Array.from(form.querySelectorAll("[data-label]"));
  var SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
  var EDGES = new RegExp("^" + SPACE + "+|" + SPACE + "+$", "g");
  var LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
  var LONGEST_ADDRESS = 1900; // Windows hands a mailto address on only up to about 2,000 characters

  function value(field) {
    var text = field.value.replace(EDGES, "");
    return field.dataset.kind === "text" ? text : text.split(LINE_END).join(" ");
  }

  function letter() {
    var left = fields.slice();
    return empty.split("\n").map(function (line) {
      if (!left.length || line !== left[0].dataset.label + "：") { return line; }
      return line + value(left.shift());
    }).join("\n");
  }

  function plain(line) { // as the worker compares lines: without spaces, widths and marks of emphasis
    return line.normalize("NFKC").replace(/[\s*_#]/g, "");
  }

  function fault(field) {
    if (field.required && !value(field)) { return "请填写" + field.dataset.label + "。"; }
    var ends = value(field).split(LINE_END).some(function (line) { return plain(line) === plain(form.dataset.ending); });
    return ends ? "请不要单独写一行“" + form.dataset.ending + "”，后面的内容会读不到。" : "";
  }

  function judge(field) {
    var found = fault(field);
    var told = document.getElementById(field.id + "-fault");
    told.textContent = found;
    told.hidden = !found;
    field.setAttribute("aria-invalid", String(Boolean(found)));
    return !found;
  }

  function say(key) {
    status.textContent = status.dataset[key];
  }

  function complete() {
    var wrong = fields.filter(function (field) { return !judge(field); });
    if (wrong.length) {
      say("incomplete");
      wrong[0].focus();
    }
    return !wrong.length;
  }

  function copyOldWay() {
    var range = document.createRange();
    range.selectNodeContents(shown);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    say(document.execCommand("copy") ? "copied" : "select");
  }

  function copy() {
    if (!navigator.clipboard) { copyOldWay(); return; }
    navigator.clipboard.writeText(letter()).then(function () { say("copied"); }, copyOldWay);
  }

  function mail() {
    var body = letter().split("\n").join("\r\n");
    var address = "mailto:" + form.dataset.to + "?subject=" + encodeURIComponent(form.dataset.subject) +
      "&body=" + encodeURIComponent(body);
    if (address.length > LONGEST_ADDRESS) { say("long"); return; }
    say("opened");
    location.href = address;
  }

  function base64(text) {
    var bytes = Array.from(new TextEncoder().encode(text), function (byte) { return String.fromCharCode(byte); });
    return btoa(bytes.join(""));
  }

  function mailFile() {
    var words = form.dataset.subject.match(/.{1,12}/gu).map(function (part) { return "=?utf-8?B?" + base64(part) + "?="; });
    return [
      "To: " + form.dataset.to,
      "Subject: " + words.join("\r\n "),
      "X-Unsent: 1", // opens as a draft where the program knows it
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "",
      base64(letter().split("\n").join("\r\n")).match(/.{1,76}/g).join("\r\n"),
      ""
    ].join("\r\n");
  }

  function save() {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([mailFile()], {type: "message/rfc822"}));
    link.download = form.dataset.subject + ".eml";
    link.click();
    URL.revokeObjectURL(link.href);
    say("saved");
  }

  var actions = {copy: copy, mail: mail, save: save};
  form.hidden = false;
  document.querySelectorAll(".letter-plain").forEach(function (part) { part.hidden = true; });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  fields.forEach(function (field) {
    // A browser scrolls only as far as the caret: a tall box would stay below the window but for its first line.
    field.addEventListener("focus", function () { field.scrollIntoView({ block: "nearest" }); });
    field.addEventListener("input", function () {
      shown.textContent = letter();
      if (field.getAttribute("aria-invalid") === "true") { judge(field); }
    });
  });
  form.querySelectorAll("[data-letter]").forEach(function (button) {
    button.addEventListener("click", function () { if (complete()) { actions[button.dataset.letter](); } });
  });
})();
