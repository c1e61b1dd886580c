import type { IExecuteFunctions } from 'n8n-workflow';

import { WorkflowConnections } from '../RunComfy/n8n/workflowConnections';
import { NOTHING_SUBMITTED } from '../RunComfy/shared/charge';
import { invalidInput } from '../RunComfy/shared/failure';

/** The outputs by their places. Done is the first: n8n puts there what a deactivated or failing node passes on. */
const DONE_OUTPUT = 0;
const PENDING_OUTPUT = 1;

/** Where the outputs of the node lead. */
export class LoopWiring {
	private readonly name: string;

	private readonly connections: WorkflowConnections;

	constructor(context: IExecuteFunctions) {
		this.name = context.getNode().name;
		this.connections = new WorkflowConnections(context);
	}

	/** Whether a person runs this node alone, as a single step. */
	get isLastToRun(): boolean {
		return this.connections.isLastToRun;
	}

	/** Whether the items of this run came through the loop, as far as the connections tell. */
	get isInLoop(): boolean {
		const { previousNode } = this.connections;
		return previousNode !== undefined && this.loop.has(previousNode);
	}

	/** Whether all that leaves by Done is an input of this node again. */
	get doneLeadsStraightBack(): boolean {
		return this.connections.targetsOf(DONE_OUTPUT).includes(this.name);
	}

	/**
	 * Makes sure that a pending item can come back and that a finished one does not, before anything is paid.
	 *
	 * @throws RunComfyFailure `invalid_input` with what to connect
	 */
	requireLoop(): void {
		if (!this.connections.isReadable) {
			throw invalidInput(
				"This version of n8n doesn't tell the node how it is connected",
				`${NOTHING_SUBMITTED} Update the RunComfy node, or use Submit and Wait of the RunComfy node instead.`,
			);
		}
		if (this.doneLeadsStraightBack) {
			throw invalidInput(
				'The Done output is connected to the input of this node, which would submit (and charge for) every finished item again',
				`${NOTHING_SUBMITTED} Remove that connection. Connect Pending to a Wait node, and the Wait node to the input of this node.`,
			);
		}
		if (this.loop.has(this.name)) return;
		throw invalidInput(
			"The Pending output doesn't lead back to the input of this node, so the node can't wait for requests",
			`${NOTHING_SUBMITTED} Connect Pending to a Wait node that resumes At Specified Time {{ $json.runComfyWait.resumeAt }}, and the Wait node to the input of this node. Finished items leave through Done.`,
		);
	}

	/** Whether n8n goes round the loop before it runs what is behind Done: it runs higher nodes first. */
	get runsBeforeDone(): boolean {
		const heights = (output: number) =>
			this.connections.targetsOf(output).map((name) => this.connections.heightOf(name));
		return Math.max(...heights(DONE_OUTPUT)) >= Math.min(...heights(PENDING_OUTPUT));
	}

	/** All nodes between Pending and the input, and this node where Pending leads back. */
	private get loop(): Set<string> {
		return this.connections.reachableFrom(PENDING_OUTPUT);
	}
}
