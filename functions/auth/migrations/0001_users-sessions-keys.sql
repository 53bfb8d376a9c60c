-- Up Migration

CREATE TABLE users (
  id uuid PRIMARY KEY,
  -- Lower case and ASCII, so that equal addresses have equal bytes.
  email text NOT NULL,
  name text,
  -- PHC string: algorithm, parameters, salt and hash.
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_form CHECK (email ~ '^[!-@\[-~]{3,254}$'),
  CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 100)
);

-- One login and its family of refresh tokens.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  -- Absolute: a refresh does not change it.
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE refresh_tokens (
  -- SHA-256 of the token. The token itself is not stored.
  hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  -- The token that it replaced. Unique, so that even concurrent refreshes create only one successor.
  parent_hash bytea,
  issued_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT refresh_tokens_hash_length CHECK (octet_length(hash) = 32),
  CONSTRAINT refresh_tokens_one_successor UNIQUE (parent_hash)
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
  -- RFC 7638 thumbprint of the public key.
  kid text PRIMARY KEY,
  public_jwk jsonb NOT NULL,
  -- The private JWK, encrypted with AES-256-GCM and bound to its kid.
  sealed_private_jwk bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- The key is published earlier and signs from this time on.
  active_from timestamptz NOT NULL
);

-- Down Migration

DROP TABLE signing_keys;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE users;
