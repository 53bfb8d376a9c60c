-- What may be downloaded, by whom, until when. Names are unqualified because the search path is this context's schema.
CREATE TABLE artifact (
  video_id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING', 'AVAILABLE', 'EXPIRED', 'DISCARDED', 'DELETED')),
  -- Empty if the artifact was discarded before its name was known.
  file_name text NOT NULL,
  attempt integer,
  zip_key text,
  manifest_key text,
  size_bytes bigint,
  sha256 text,
  frames integer,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (
    state <> 'AVAILABLE'
    OR (attempt, zip_key, manifest_key, size_bytes, sha256, frames, expires_at) IS NOT NULL
  )
);

CREATE INDEX artifact_available ON artifact (expires_at) WHERE state = 'AVAILABLE';

CREATE TABLE outbox (
  event_id uuid PRIMARY KEY,
  saga_id uuid NOT NULL,
  event jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz
);

CREATE INDEX outbox_open ON outbox (created_at) WHERE closed_at IS NULL;
CREATE INDEX outbox_closed ON outbox (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE inbox (
  event_id uuid PRIMARY KEY,
  event_type text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX inbox_received_at ON inbox (received_at);
