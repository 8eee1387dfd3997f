import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { ChatAnswer, ChatRequest } from './chat.ts';

export interface ChatOptions {
  /** The address of the interface, such as http://localhost:8080/v1. */
  readonly endpoint: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly key?: string | undefined;
  readonly timeoutMs: number;
  /** How often a request is sent again after an answer of 429 or 5xx, a broken connection or a timeout. */
  readonly retries: number;
  /** Tokens of an answer beyond what was asked for, in which a model may reason first. */
  readonly reasoningTokens?: number;
  /** The pause before it is first sent again; it doubles each time. */
  readonly pauseMs?: number;
}

/** A request that came to nothing; the message says why. */
export class ChatFailure extends Error {
  override readonly name = 'ChatFailure';
}

const longestPauseMs = 60_000;
const usage = z.looseObject({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() });
const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: usage.nullish(),
});

/**
 * Asks an endpoint that speaks OpenAI's chat completions. Throws ChatFailure where a request comes to nothing, and
 * UserError where none would succeed: a key that is refused, an unknown model, an address that is no such interface.
 */
export function chatClient(options: ChatOptions): (request: ChatRequest) => Promise<ChatAnswer> {
  const url = completionsUrl(options.endpoint);
  /** Parameters that the endpoint refused; newer models take neither. */
  const without = new Set<Parameter>();
  let openAt = 0;

  async function attempt(request: ChatRequest): Promise<ChatAnswer | Again> {
    const response = await send(url, options, bodyOf(request, options, without));
    if ('failed' in response) return { again: true, reason: response.failed };
    const { status, text, retryAfterMs } = response;
    if (status === 200) return parseCompletion(text) ?? { again: true, reason: 'malformed answer' };
    if (status === 400) {
      const refused = parameters.find((name) => !without.has(name) && text.includes(name));
      if (refused !== undefined) {
        without.add(refused);
        return attempt(request);
      }
    }
    if (status === 429 || status === 408 || status >= 500)
      return { again: true, reason: `status ${status}`, retryAfterMs };
    if ([401, 403, 404, 405].includes(status))
      throw new UserError(`the endpoint answers ${status}: ${excerpt(text)} (${url})`);
    return { again: false, reason: `status ${status}: ${excerpt(text)}` };
  }

  return async (request) => {
    for (let tries = 0; ; tries++) {
      await pause(openAt - Date.now());
      const answer = await attempt(request);
      if (!('again' in answer)) return answer;
      if (!answer.again || tries >= options.retries) throw new ChatFailure(answer.reason);
      const grown = (options.pauseMs ?? 1000) * 2 ** tries * (0.75 + Math.random() / 2);
      // A busy endpoint is left alone by all requests, not by this one only.
      openAt = Math.max(openAt, Date.now() + Math.min(longestPauseMs, answer.retryAfterMs ?? grown));
    }
  };
}

const parameters = ['temperature', 'max_tokens'] as const;
type Parameter = (typeof parameters)[number];

interface Again {
  readonly again: boolean;
  readonly reason: string;
  readonly retryAfterMs?: number | undefined;
}

function bodyOf(
  { messages, maxTokens }: ChatRequest,
  { model, reasoningTokens = 0 }: ChatOptions,
  without: ReadonlySet<Parameter>,
): object {
  return {
    model,
    messages,
    ...(without.has('temperature') ? {} : { temperature: 0 }),
    [without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: maxTokens + reasoningTokens,
  };
}

/** The address of chat completions: of a host alone below /v1, as all servers have it. */
function completionsUrl(endpoint: string): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  if (!path.endsWith('/chat/completions')) url.pathname = `${path === '' ? '/v1' : path}/chat/completions`;
  return url.href;
}

type Received =
  | { readonly status: number; readonly text: string; readonly retryAfterMs: number | undefined }
  | { readonly failed: string };

async function send(url: string, { key, timeoutMs }: ChatOptions, body: object): Promise<Received> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text(), retryAfterMs: retryAfter(response) };
  } catch (error) {
    return { failed: failureOf(error) };
  }
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function retryAfter({ headers }: Response): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? 1000 * seconds : Date.parse(text) - Date.now();
  return ms >= 0 ? ms : undefined;
}

/** To ask again helps a server that failed, not a model that used up its tokens before it said anything. */
const emptyAnswer = (isCut: boolean): Again =>
  isCut
    ? { again: false, reason: 'empty answer, cut at its limit of tokens; --reasoning-tokens N leaves room to reason' }
    : { again: true, reason: 'empty answer' };

/** Nothing of what is no completion. Servers answer with an empty text when they have failed, too: that is no answer. */
function parseCompletion(text: string): ChatAnswer | Again | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = completion.safeParse(json);
  const choice = parsed.data?.choices[0];
  const content = choice?.message.content;
  if (!parsed.success || typeof content !== 'string') return undefined;
  const isCut = choice?.finish_reason === 'length';
  if (content.trim() === '') return emptyAnswer(isCut);
  const { usage: counted } = parsed.data;
  return {
    text: content,
    isCut,
    promptTokens: counted?.prompt_tokens ?? null,
    answerTokens: counted?.completion_tokens ?? null,
  };
}

const excerpt = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

const pause = (ms: number): Promise<void> | undefined =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
