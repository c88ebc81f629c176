/** One line for the reader, with something to do about it. */
export interface Notice {
  readonly text: string;
  readonly action?: { readonly label: string; readonly act: () => void };
  readonly link?: string;
}

export function NoticeLine({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const { text, action, link } = notice;
  return (
    <div class="nb-notice" role="alert">
      <span>{text}</span>
      {link && (
        <input
          readOnly
          value={link}
          aria-label="Link"
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      {action && (
        <button
          type="button"
          onClick={() => {
            onClose();
            action.act();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" aria-label="Close" onClick={onClose}>
        ✕
      </button>
    </div>
  );
}
