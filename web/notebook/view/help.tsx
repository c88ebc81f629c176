const KEYS = [
  ["Shift+Enter", "run, and go to the next cell"],
  ["Ctrl+Enter", "run"],
  ["Alt+Enter", "run, and add a cell below"],
  ["Esc", "leave the editor; Enter goes back"],
  ["↑ ↓", "to the cell above or below"],
  ["Alt+↑ ↓", "move the cell"],
  ["A B", "add a cell above or below"],
  ["M Y", "make it text or code"],
  ["Delete", "delete the cell"],
] as const;

/** What keys do. */
export function Help() {
  return (
    <details class="nb-help">
      <summary>Keys</summary>
      <dl>
        {KEYS.map(([key, what]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
