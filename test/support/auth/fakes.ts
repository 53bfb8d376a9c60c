import type { PasswordHasher } from '../../../functions/auth/core/passwords.ts';
import type { RefreshTokenHash, Session } from '../../../functions/auth/core/sessions.ts';
import type {
  KeyChange,
  SigningKey,
  SigningKeyRepository,
} from '../../../functions/auth/core/signing-keys.ts';
import type {
  AdmittedAttempt,
  AttemptOutcome,
  Throttle,
  ThrottleRules,
} from '../../../functions/auth/core/throttling.ts';
import {
  EmailTakenError,
  type User,
  type UserCredentials,
  type UserRepository,
} from '../../../functions/auth/core/users.ts';
import type { PublicJwk, PublicKeyRepository } from '../../../functions/shared/access/core/public-keys.ts';

/** Users in a list. */
export class FakeUsers implements UserRepository {
  readonly stored: UserCredentials[] = [];

  async add(user: User, passwordHash: string): Promise<void> {
    if (await this.findByEmail(user.email)) throw new EmailTakenError();
    this.stored.push({ user, passwordHash });
  }

  async findByEmail(email: string): Promise<UserCredentials | undefined> {
    return this.stored.find(({ user }) => user.email === email);
  }

  async findById(id: string): Promise<User | undefined> {
    return this.stored.find(({ user }) => user.id === id)?.user;
  }

  async rename(id: string, name: string | null): Promise<User | undefined> {
    const user = await this.findById(id);
    if (user) user.name = name;
    return user;
  }

  async replacePasswordHash(id: string, from: string, to: string): Promise<void> {
    const found = this.stored.find(({ user, passwordHash }) => user.id === id && passwordHash === from);
    if (found) found.passwordHash = to;
  }
}

/** A fast hasher whose hash is `v<version>:<password>`, and which records the passwords that it verifies. */
export class FakeHasher implements PasswordHasher {
  readonly decoyHash = 'decoy';
  readonly verified: { password: string; passwordHash: string }[] = [];
  version = 1;

  async hash(password: string): Promise<string> {
    return `v${this.version}:${password}`;
  }

  async verify(password: string, passwordHash: string): Promise<boolean> {
    this.verified.push({ password, passwordHash });
    return passwordHash.replace(/^v\d+:/, '') === password;
  }

  needsRehash(passwordHash: string): boolean {
    return !passwordHash.startsWith(`v${this.version}:`);
  }
}

/** Admits every attempt, or none while `refusal` is set, and records the outcomes of attempts. */
export class FakeThrottle implements Throttle {
  readonly outcomes: AttemptOutcome[] = [];
  readonly asked: ThrottleRules[] = [];
  refusal: Error | undefined;

  async admit(rules: ThrottleRules): Promise<AdmittedAttempt> {
    this.asked.push(rules);
    if (this.refusal) throw this.refusal;
    return {
      settle: async (outcome) => {
        this.outcomes.push(outcome);
      },
    };
  }
}

/** Records the started sessions. `devices` maps token hashes to a session and an email address. */
export class FakeSessions {
  readonly added: Session[] = [];
  readonly devices = new Map<RefreshTokenHash, { id: string; email: string }>();

  async findId(token: RefreshTokenHash, email: string): Promise<string | undefined> {
    const device = this.devices.get(token);
    return device?.email === email ? device.id : undefined;
  }

  async add(session: Session): Promise<void> {
    this.added.push(session);
  }
}

/** Signing keys in memory, one change at a time. */
export class FakeSigningKeys implements SigningKeyRepository, PublicKeyRepository {
  keys: SigningKey[] = [];
  reads = 0;
  outage: Error | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  async list(): Promise<SigningKey[]> {
    this.reads += 1;
    if (this.outage) throw this.outage;
    return [...this.keys];
  }

  async listPublic(): Promise<PublicJwk[]> {
    return (await this.list()).map((key) => key.publicJwk);
  }

  change(decide: (keys: readonly SigningKey[]) => Promise<KeyChange>): Promise<SigningKey[]> {
    const turn = this.#turn.then(async () => {
      const { add, remove } = await decide([...this.keys]);
      this.keys = [...this.keys, ...add].filter((key) => !remove.includes(key.kid));
      return [...this.keys];
    });
    this.#turn = turn;
    return turn;
  }
}
