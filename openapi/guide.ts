import { UNAVAILABLE_RETRY_AFTER_SECONDS } from '../functions/contracts/answer-times.ts';
import {
  ARTIFACT_LIFETIME_SECONDS,
  CONTENT_TYPE_BY_EXTENSION,
  DEFAULT_INTERVAL_SECONDS,
  DOWNLOAD_URL_SECONDS,
  MAX_FILE_NAME_BYTES,
  MAX_FRAMES,
  MAX_INTERVAL_SECONDS,
  MAX_JSON_BODY_BYTES,
  MAX_UPLOAD_BYTES,
  MIN_INTERVAL_SECONDS,
  UPLOAD_URL_SECONDS,
} from '../functions/contracts/limits.ts';

const MEBIBYTE = 1024 * 1024;
const KIBIBYTE = 1024;
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 24 * 3600;

const extensions = Object.keys(CONTENT_TYPE_BY_EXTENSION)
  .map((extension) => `\`.${extension}\``)
  .join(', ');

/** What a developer reads before the operations. Markdown; its headings become entries of the page's menu. */
export const GUIDE = `
Frame Flow takes a video and gives back its frames: one for every ${DEFAULT_INTERVAL_SECONDS} seconds, or for another
interval, as JPEG files in a ZIP, with a manifest that holds the time, size and SHA-256 of each.

Requests and answers are JSON. Ids are UUIDs, times are ISO 8601 in UTC, sizes are bytes, durations are seconds.

# Quick start

Six calls lead from a file to its frames:

1. \`POST /auth/register\` creates an account, \`POST /auth/login\` answers an access token.
2. \`POST /videos\` declares the file by its name and size, and answers a form for the upload.
3. A POST of that form with the file goes to the storage, not to this API.
4. \`GET /videos/{id}\` is repeated until \`status\` is \`READY\`.
5. \`GET /videos/{id}/download\` redirects to the ZIP.

In a shell with \`curl\` and \`jq\`:

\`\`\`sh
API=http://localhost:3000
FILE=holiday.mp4
post() { curl -sf "$API$1" -H 'Content-Type: application/json' -d "$2" "\${@:3}"; }

ACCOUNT='{"email": "ada@example.com", "password": "a long sentence is a good password"}'
post /auth/register "$ACCOUNT"
TOKEN=$(post /auth/login "$ACCOUNT" | jq -r .accessToken)
AUTH="Authorization: Bearer $TOKEN"

VIDEO=$(post /videos "{\\"fileName\\": \\"$FILE\\", \\"sizeBytes\\": $(wc -c < "$FILE")}" -H "$AUTH")
ID=$(jq -r .id <<< "$VIDEO")
FIELDS=(); while IFS= read -r FIELD; do FIELDS+=(--form-string "$FIELD"); done \\
  < <(jq -r '.upload.fields | to_entries[] | .key + "=" + .value' <<< "$VIDEO")
curl -sf "$(jq -r .upload.url <<< "$VIDEO")" "\${FIELDS[@]}" -F "file=@$FILE"

until [ "$(curl -sf "$API/videos/$ID" -H "$AUTH" | jq -r .status)" = READY ]; do sleep 1; done
curl -sfL "$API/videos/$ID/download" -H "$AUTH" -o frames.zip
\`\`\`

# Authentication

\`login\` answers two tokens. Send the **access token** with every call that needs a user, as
\`Authorization: Bearer <accessToken>\`. It expires after \`expiresIn\` seconds. The **refresh token** gets the next pair of
tokens from \`POST /auth/refresh\`; each refresh token works once. A client that makes several calls at once renews the
tokens once, for all of them.

A call without a valid access token is answered with 401 and \`UNAUTHENTICATED\`: renew the tokens, or log in again.

# The upload

\`createVideo\` answers \`upload\`: an address, fields and the time until which they are accepted
(${UPLOAD_URL_SECONDS / MINUTE_SECONDS} minutes). Send them as \`multipart/form-data\`: first all fields, then the file as the
last field, named \`file\`. The storage answers 204. It refuses a file that is larger or smaller than \`sizeBytes\`, and any
changed field. No further call is needed: the arrival of the file starts the work.

# Waiting for the frames

Read \`GET /videos/{id}\` once a second, and less often after a minute.

| status | means | goes on to |
|---|---|---|
| \`AWAITING_UPLOAD\` | the file has not arrived | \`UPLOADED\`, \`FAILED\`, \`EXPIRED\` |
| \`UPLOADED\` | the file waits for its extraction; \`waiting\` has its place | \`PROCESSING\`, \`FAILED\` |
| \`PROCESSING\` | frames are extracted; \`progress\` counts them | \`READY\`, \`FAILED\` |
| \`READY\` | the ZIP is complete | \`RESULT_EXPIRED\` |
| \`FAILED\` | \`failure\` has the reason | |
| \`EXPIRED\` | nothing was uploaded in time; a late upload is still accepted | \`UPLOADED\`, \`FAILED\` |
| \`RESULT_EXPIRED\` | the frames are gone; upload the video again | |

Only \`READY\`, \`FAILED\`, \`EXPIRED\` and \`RESULT_EXPIRED\` end the wait. Ignore a status that you do not know and go on
waiting.

# Errors

An error is \`application/problem+json\` (RFC 9457). Its \`code\` is stable: branch on it, and not on \`title\` or \`detail\`.
\`type\` is the place of the code in [the list of all problems](/docs/problems). For \`VALIDATION_FAILED\`, \`errors\` says what is
wrong with which field. Quote \`correlationId\` when you ask for help.

# Repeating a call

GET, PATCH, DELETE and \`logout\` can be repeated. \`createVideo\` can be repeated with the same \`Idempotency-Key\` and the same
body: the answer has the same video with a new form. \`refresh\` can be repeated with the same token after a lost answer
or a 503.

Repeat a call after 429 and 503 when the seconds in the header \`Retry-After\` have passed (503:
${UNAVAILABLE_RETRY_AFTER_SECONDS}). Do not repeat other calls that were answered with 4xx.

# Pages

A list is answered in pages, \`{ "items": […], "nextCursor": "…" }\`. Send \`nextCursor\` as \`cursor\` to get the next page. It is
\`null\` on the last one. A cursor belongs to the list that answered it.

# Limits

| | |
|---|---|
| file | ${MAX_UPLOAD_BYTES / MEBIBYTE} MiB; ${extensions} |
| file name | ${MAX_FILE_NAME_BYTES} bytes of UTF-8 |
| interval | ${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS} seconds, whole seconds |
| frames of a video | ${MAX_FRAMES} |
| JSON body | ${MAX_JSON_BODY_BYTES / KIBIBYTE} KiB |
| frames and ZIP are kept | ${ARTIFACT_LIFETIME_SECONDS / DAY_SECONDS} days |
| address of a ZIP or frame | ${DOWNLOAD_URL_SECONDS / MINUTE_SECONDS} minutes |

# Changes

Operations, optional parameters, fields of answers, statuses and codes may be added: ignore what you do not know. Nothing
is removed or given another meaning without a new version of the API.
`.trim();
