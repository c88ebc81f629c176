/** The settings of the next run; a change makes a fresh one. */
import { useEffect, useState } from "preact/hooks";
import type { RunView } from "../runs.js";
import {
  aboutSetting,
  changed,
  FIRST,
  MORE,
  parseValue,
  type Setting,
  valueText,
  wrongWith,
} from "../settings.js";
import { START_NAMES, startOf, STARTS } from "../starts.js";
import type { Store } from "../store.js";

interface Props {
  readonly run: RunView;
  readonly store: Store;
}

type Value = string | number | boolean;

export function SettingsPanel({ run, store }: Props) {
  const { settings } = run;
  const problem = run.problem === undefined ? undefined : aboutSetting(run.problem);
  const field = (setting: Setting) => (
    <Field
      key={setting.key}
      setting={setting}
      value={settings[setting.key]}
      problem={problem?.setting === setting ? problem.problem : undefined}
      onChange={(value) => store.change(setting.key, value)}
    />
  );
  const more = Object.keys(changed(settings)).filter((key) => MORE.some((s) => s.key === key));
  return (
    <section class="card settings" aria-labelledby="settings-title">
      <header>
        <h2 id="settings-title">Settings</h2>
      </header>
      <div class="starts" role="group" aria-label="Start from">
        {START_NAMES.map((name) => (
          <button
            type="button"
            title={STARTS[name]}
            aria-pressed={Object.keys(changed(settings, startOf(name))).length === 0}
            onClick={() => store.reset(startOf(name))}
          >
            {name}
          </button>
        ))}
      </div>
      {FIRST.map(field)}
      <details>
        <summary>More settings{more.length > 0 && ` (${more.length} changed)`}</summary>
        {MORE.map(field)}
      </details>
    </section>
  );
}

interface FieldProps {
  readonly setting: Setting;
  readonly value: Value;
  readonly problem: string | undefined;
  readonly onChange: (value: Value) => void;
}

function Field({ setting, value, problem, onChange }: FieldProps) {
  const id = `setting-${setting.key}`;
  /** while the reader types, and what was typed where it stands for no value */
  const [typed, setTyped] = useState<{ text: string; isDone: boolean } | undefined>();
  useEffect(() => setTyped(undefined), [value]);
  const text = typed?.text ?? valueText(setting, value);
  const take = (given: string): void => {
    const parsed = parseValue(setting, given);
    if (parsed === undefined) return setTyped({ text: given, isDone: true });
    setTyped(undefined);
    onChange(parsed);
  };
  const isWrong = typed?.isDone === true && parseValue(setting, text) === undefined;
  const wrong = isWrong ? wrongWith(setting, text) : problem;
  const common = { id, "aria-describedby": `${id}-help`, "aria-invalid": wrong !== undefined };
  return (
    <div class={`field ${setting.kind}`}>
      <label for={id}>{setting.label}</label>
      {setting.kind === "choice" ? (
        <select {...common} value={text} onChange={(e) => take(e.currentTarget.value)}>
          {Object.entries(setting.choices).map(([name, label]) => (
            <option value={name}>{label}</option>
          ))}
        </select>
      ) : setting.kind === "flag" ? (
        <input
          {...common}
          type="checkbox"
          checked={value === true}
          onChange={(e) => take(String(e.currentTarget.checked))}
        />
      ) : (
        <input
          {...common}
          type="text"
          inputMode={setting.kind === "text" ? "text" : "decimal"}
          autocomplete="off"
          spellcheck={false}
          list={setting.kind === "text" ? `${id}-examples` : undefined}
          value={text}
          onInput={(e) => setTyped({ text: e.currentTarget.value, isDone: false })}
          onChange={(e) => take(e.currentTarget.value)}
        />
      )}
      {setting.kind === "text" && (
        <datalist id={`${id}-examples`}>
          {setting.examples.map((example) => (
            <option value={example} />
          ))}
        </datalist>
      )}
      <p class="help" id={`${id}-help`}>
        {setting.help}
      </p>
      {wrong !== undefined && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
