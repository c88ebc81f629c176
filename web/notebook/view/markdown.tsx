/**
 * Markdown as elements. No HTML of the text's own: it is shown as text; pictures are links, since
 * the page asks no other host for anything.
 */
import type { Nodes, Parents } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { type ComponentChildren, h } from "preact";
import { useMemo } from "preact/hooks";

const below = (node: Parents): ComponentChildren[] => node.children.map(element);

/** Others, such as javascript:, do something else than to lead somewhere. */
const isLink = (url: string): boolean => /^(https?:|mailto:|#)/i.test(url);

function link(url: string, children: ComponentChildren): ComponentChildren {
  return isLink(url) ? (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ) : (
    <span>{children}</span>
  );
}

function element(node: Nodes): ComponentChildren {
  switch (node.type) {
    case "text":
      return node.value;
    case "html":
      return <code>{node.value}</code>;
    case "heading":
      // The page has the first heading.
      return h(`h${Math.min(6, Math.max(2, node.depth))}`, null, below(node));
    case "paragraph":
      return <p>{below(node)}</p>;
    case "emphasis":
      return <em>{below(node)}</em>;
    case "strong":
      return <strong>{below(node)}</strong>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "code":
      return (
        <pre>
          <code>{node.value}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{below(node)}</blockquote>;
    case "list":
      return node.ordered ? <ol start={node.start ?? 1}>{below(node)}</ol> : <ul>{below(node)}</ul>;
    case "listItem":
      return <li>{below(node)}</li>;
    case "thematicBreak":
      return <hr />;
    case "break":
      return <br />;
    case "link":
      return link(node.url, below(node));
    case "image":
      return link(node.url, node.alt || node.url);
    default:
      return "children" in node ? below(node) : null;
  }
}

export function Markdown({ source }: { source: string }) {
  const elements = useMemo(() => element(fromMarkdown(source)), [source]);
  return <div class="nb-text">{elements}</div>;
}
