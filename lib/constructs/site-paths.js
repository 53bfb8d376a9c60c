/* CloudFront runs this for each request of the static site. It finds the files as siteFileOf in contracts/site.ts does. */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by its name
function handler(event) {
  const request = event.request;
  const path = request.uri.replace(/\/+$/, '') || '/index';
  const name = path.slice(path.lastIndexOf('/') + 1);
  request.uri = name.includes('.') ? path : `${path}.html`;
  return request;
}
