import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool call that the model asks for. Arguments may use what earlier tools answered. */
export interface ScriptedCall {
	tool: string;
	args: (answers: string[]) => Record<string, unknown>;
}

interface Message {
	role: string;
	content?: unknown;
}

interface ChatRequest {
	messages: Message[];
	tools?: Array<{ function: { name: string; description: string; parameters: unknown } }>;
}

/** Stands in for a language model with OpenAI's chat interface: it calls tools by a script, then says what the last one said. */
export class LanguageModel {
	url = '';

	/** What it was shown of the tools, by their names. */
	readonly tools = new Map<string, { description: string; parameters: unknown }>();

	/** What the tools answered, in the order of the calls. */
	answers: string[] = [];

	private readonly server: Server;

	constructor(private readonly script: ScriptedCall[]) {
		this.server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const answer = this.answer(JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatRequest);
				response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
			});
		});
	}

	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
		return this;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private answer({ messages, tools = [] }: ChatRequest) {
		for (const { function: tool } of tools) this.tools.set(tool.name, tool);
		this.answers = messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content));
		const next = this.script[this.answers.length];
		const message = next
			? {
					role: 'assistant',
					content: null,
					tool_calls: [
						{
							id: `call_${this.answers.length}`,
							type: 'function',
							function: { name: next.tool, arguments: JSON.stringify(next.args(this.answers)) },
						},
					],
				}
			: { role: 'assistant', content: `Here it is: ${this.answers.at(-1) ?? ''}` };
		return {
			id: 'chatcmpl-1',
			object: 'chat.completion',
			created: 1,
			model: 'stand-in',
			choices: [{ index: 0, message, finish_reason: next ? 'tool_calls' : 'stop' }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	}
}

function textOf(content: unknown): string {
	if (typeof content === 'string') return content;
	return Array.isArray(content)
		? content.map((part: { text?: string }) => part.text ?? '').join('')
		: JSON.stringify(content);
}
