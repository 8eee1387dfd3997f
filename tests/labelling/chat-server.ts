import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Message } from '../../pipeline/labelling/explain/chat.ts';

/** What the server was asked. */
export interface Asked {
  readonly messages: readonly Message[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What it answers: a text, or a status with a body and headers; undefined holds the connection open for ever. */
export type Reply =
  | string
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

export interface ChatServer {
  readonly endpoint: string;
  readonly asked: Asked[];
  /** Requests that were under way at once, at most. */
  readonly most: () => number;
}

/** A server of chat completions on this machine, answering as `reply` says. */
export async function chatServer(
  reply: (asked: Asked, number: number) => Reply | undefined | Promise<Reply>,
): Promise<ChatServer> {
  const asked: Asked[] = [];
  let open = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    const body = JSON.parse(await textOf(request));
    const question = { messages: body.messages, body, headers: request.headers };
    asked.push(question);
    const answer = await reply(question, asked.length);
    if (answer !== undefined) send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, asked, most: () => most };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

function send(response: ServerResponse, reply: Reply): void {
  if (typeof reply !== 'string') {
    response.writeHead(reply.status, reply.headers).end(reply.body ?? '');
    return;
  }
  const usage = { prompt_tokens: 100, completion_tokens: 10 };
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: reply } }];
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ object: 'chat.completion', choices, usage }));
}
