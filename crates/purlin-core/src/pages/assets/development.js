(() => {
  const byId = (id) => document.getElementById(id);
  const copy = byId("copy"), report = byId("report"), said = byId("said");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(report.textContent);
      said.textContent = "Copied";
    } catch {
      byId("whole").open = true;
      getSelection().selectAllChildren(report);
      report.focus();
      said.textContent = "Selected: copy it with the keyboard";
    }
    setTimeout(() => { said.textContent = ""; }, 4000);
  });

  const filter = byId("filter");
  if (!filter) return;
  const rows = [...byId("routing").querySelectorAll("tbody tr")];
  filter.parentElement.hidden = false;
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    byId("matches").textContent = `${shown} of ${rows.length}`;
  });
})();
