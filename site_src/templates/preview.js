// Waits for the next rendering and shows it; served by `tenday serve` alone, never a part of the site.
(function () {
  const known = Number(document.currentScript.dataset.number);
  function wait() {
    fetch("/.preview/news?known=" + known)
      .then((answer) => answer.json())
      .then((news) => (news.number > known ? location.reload() : wait()))
      .catch(() => setTimeout(wait, 1000));
  }
  wait();
})();
