import { type CallServices, carryOut } from './call.ts';
import { Session } from './session.ts';
import { memoryTokens, type TokenStore, type Tokens } from './tokens.ts';
import { type Transport, transportOf } from './transport.ts';
import type { ArgumentsOf, Method, Methods, OperationId } from './types.ts';

export interface ClientOptions extends Partial<Transport> {
  /** Of the API, with its path where it has one; in a page it may be relative. */
  readonly baseUrl: string;
  /** @default kept in memory */
  readonly tokens?: TokenStore;
}

/** The tokens of the client's user. */
export interface SessionControl {
  /** The tokens at hand, whatever their age. */
  tokens(): Promise<Tokens | undefined>;
  /** Renews the tokens now. Calls do it by themselves when it is needed. @throws FrameFlowError */
  renew(signal?: AbortSignal): Promise<Tokens>;
  /** Ends the session. The store has lost the tokens even if the service does not answer. @throws FrameFlowError */
  end(): Promise<void>;
}

/** One method per operation, and what the helpers need. */
export interface Client extends Methods {
  readonly session: SessionControl;
  readonly transport: Transport;
}

/**
 * A client of the API. Calls that need a user take the access token from the store and renew it in time; `login` puts it
 * there. Calls that get no answer, 429, 502, 503 or 504 are repeated as long as the patience lasts.
 *
 * @throws TypeError where `baseUrl` is not a URL
 */
export const createClient = ({
  baseUrl,
  tokens: store = memoryTokens(),
  ...options
}: ClientOptions): Client => {
  const transport = transportOf(options);
  const session = new Session({
    store,
    refresh: (refreshToken) => methods.refresh({ refreshToken }),
    now: transport.now,
  });
  const methods = methodsOf({ root: rootOf(baseUrl), transport, session });
  return {
    ...methods,
    login: async (...input) => {
      const pair = await methods.login(...input);
      await session.adopt(pair);
      return pair;
    },
    session: {
      tokens: async () => store.read(),
      renew: (signal) => session.renew(undefined, signal),
      end: async () => {
        const { refreshToken } = (await store.read()) ?? {};
        await store.write(undefined);
        if (refreshToken !== undefined) await methods.logout({ refreshToken });
      },
    },
    transport,
  };
};

/** @throws TypeError */
const rootOf = (baseUrl: string): string => {
  const page: unknown = Reflect.get(globalThis, 'location');
  new URL(baseUrl, page === undefined ? undefined : String(page));
  return baseUrl.replace(/\/+$/, '');
};

const methodsOf = (services: CallServices): Methods => {
  const method =
    <Id extends OperationId>(operation: Id): Method<Id> =>
    (...[input, options]: ArgumentsOf<Id>) =>
      carryOut(services, operation, input ?? {}, options ?? {});
  return {
    getHealth: method('getHealth'),
    register: method('register'),
    login: method('login'),
    refresh: method('refresh'),
    logout: method('logout'),
    getProfile: method('getProfile'),
    updateProfile: method('updateProfile'),
    getJwks: method('getJwks'),
    createVideo: method('createVideo'),
    listVideos: method('listVideos'),
    getVideo: method('getVideo'),
    deleteVideo: method('deleteVideo'),
    getTimeline: method('getTimeline'),
    getDownload: method('getDownload'),
    listFrames: method('listFrames'),
  };
};
