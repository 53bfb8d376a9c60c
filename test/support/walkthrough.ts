/**
 * The API's walkthrough with curl, as docs/api.md shows it. An end-to-end test runs what the page shows.
 */
export const WALKTHROUGH = `API=\${API:-http://localhost:3000}
DIR=$(mktemp -d)
VIDEO=\${VIDEO:-$DIR/demo.mp4}
json() { node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8')).$1"; }
[ -f "$VIDEO" ] || "$(node -p "require('@ffmpeg-installer/ffmpeg').path")" -v error \\
  -f lavfi -i testsrc2=size=1280x720:rate=25:duration=34.5 -pix_fmt yuv420p "$VIDEO"

# Register, log in.
EMAIL="me-$(date +%s)@example.com"
CREDENTIALS="{\\"email\\": \\"$EMAIL\\", \\"password\\": \\"a long sentence is a good password\\"}"
curl -sf "$API/auth/register" -H 'content-type: application/json' -d "$CREDENTIALS"; echo
TOKEN=$(curl -sf "$API/auth/login" -H 'content-type: application/json' -d "$CREDENTIALS" | json accessToken)

# Declare the video; the answer holds a form that is good for this file alone.
SIZE=$(wc -c < "$VIDEO" | tr -d ' ')
curl -sf "$API/videos" -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d "{\\"fileName\\": \\"$(basename "$VIDEO")\\", \\"sizeBytes\\": $SIZE}" > "$DIR/video.json"
ID=$(json id < "$DIR/video.json")

# Upload it straight to S3.
node -pe "Object.entries(JSON.parse(require('fs').readFileSync(0)).upload.fields)
  .map(([name, value]) => 'form-string = ' + JSON.stringify(name + '=' + value)).join('\\n')" \\
  < "$DIR/video.json" > "$DIR/upload.conf"
curl -sf -K "$DIR/upload.conf" -F "file=@$VIDEO" "$(json upload.url < "$DIR/video.json")"

# Wait until it is READY, see what happened, fetch the ZIP.
until STATUS=$(curl -sf "$API/videos/$ID" -H "authorization: Bearer $TOKEN" | json status); echo "$STATUS";
  [ "$STATUS" = READY ] || [ "$STATUS" = FAILED ]; do sleep 1; done
curl -sf "$API/videos/$ID/events" -H "authorization: Bearer $TOKEN"; echo
curl -sfL "$API/videos/$ID/download" -H "authorization: Bearer $TOKEN" -o "$DIR/frames.zip"
ls -l "$DIR/frames.zip"
`;
