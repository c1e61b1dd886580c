import type { IConnections, IExecuteFunctions, INode } from 'n8n-workflow';

import { NOTHING_SUBMITTED } from '../RunComfy/shared/charge';
import { invalidInput } from '../RunComfy/shared/failure';

/** The outputs by their places. n8n resumes a waiting node by its first output, so that one is the loop. */
const LOOP_OUTPUT = 0;
const DONE_OUTPUT = 1;

/** What n8n's own classes hold beside what the type for nodes names: the same in n8n 1.123 and 2.x. */
interface Inside {
	node?: INode;
	workflow?: { connectionsBySourceNode?: IConnections; getNode?: (name: string) => INode | null };
	runExecutionData?: { startData?: { destinationNode?: string | { nodeName?: string } } } | null;
}

/** The node's place in the workflow. */
export class LoopWiring {
	private readonly name: string;

	private readonly inside: Inside;

	constructor(private readonly context: IExecuteFunctions) {
		this.name = context.getNode().name;
		this.inside = context as unknown as Inside;
	}

	/** Whether the items come from the node's own Loop output. */
	get isInLoop(): boolean {
		try {
			return this.context.getInputSourceData().previousNode === this.name;
		} catch {
			return false;
		}
	}

	/** Whether a person runs this node alone: n8n then follows no output, so nothing could come back. */
	get isLastToRun(): boolean {
		const destination = this.inside.runExecutionData?.startData?.destinationNode;
		return (typeof destination === 'string' ? destination : destination?.nodeName) === this.name;
	}

	/**
	 * Makes sure that an item can come back, before anything is paid: the Loop output has to lead straight into the node's
	 * own input, and the Done output must not, because finished items would be bought again.
	 *
	 * @throws RunComfyFailure `invalid_input` with what to connect
	 */
	requireLoop(): void {
		if (this.targets(DONE_OUTPUT).includes(this.name)) {
			throw invalidInput(
				'The Done output is connected to the input of this node, which would submit (and charge for) every finished item again',
				`${NOTHING_SUBMITTED} Remove that connection and connect Loop to the input instead.`,
			);
		}
		if (this.targets(LOOP_OUTPUT).includes(this.name)) return;
		throw invalidInput(
			"The Loop output isn't connected to the input of this node, so the node can't wait for requests",
			`${NOTHING_SUBMITTED} Connect the Loop output of this node back to its own input. Finished items leave through Done.`,
		);
	}

	/** With Always Output Data n8n puts an empty item on the loop when there is none, which would be bought, without end. */
	ignoreAlwaysOutputData(): void {
		const { node } = this.inside;
		for (const entry of [node, this.inside.workflow?.getNode?.(this.name)])
			if (entry) entry.alwaysOutputData = false;
	}

	/** n8n runs what lies higher on the canvas first, and the loop goes on before what lies below it. */
	get runsBeforeDone(): boolean {
		const own = this.context.getNode().position;
		return this.targets(DONE_OUTPUT).some(
			(name) => (this.inside.workflow?.getNode?.(name)?.position[1] ?? -Infinity) >= own[1],
		);
	}

	private targets(output: number): string[] {
		const outputs = this.inside.workflow?.connectionsBySourceNode?.[this.name]?.main ?? [];
		return (outputs[output] ?? []).filter(({ type }) => type === 'main').map(({ node }) => node);
	}
}
