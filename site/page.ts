/** A page's parts: texts are HTML already. */
export interface Page {
  readonly title: string;
  readonly icon: string;
  readonly styles: readonly string[];
  /** Paths of scripts, run in their order. @default none */
  readonly scripts?: readonly string[];
  readonly body: string;
}

/** A whole HTML document. */
export const renderPage = ({ title, icon, styles, scripts = [], body }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${icon}">
${styles.map((path) => `<link rel="stylesheet" href="${path}">`).join('\n')}
</head>
<body>
${body}
${scripts.map((path) => `<script src="${path}"></script>`).join('\n')}
</body>
</html>
`;

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
