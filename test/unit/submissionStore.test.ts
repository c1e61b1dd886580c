import type { IExecuteFunctions } from 'n8n-workflow';

import { SubmissionStore } from '../../nodes/RunComfy/execution/submissionStore';
import { modelJob } from '../../nodes/RunComfy/shared/job';

const accepted = { job: modelJob('r1', 'a/b'), statusUrl: '', resultUrl: '', cancelUrl: '', status: 'in_queue' };

/** What n8n gives a node: a context that is stored with the execution as JSON. */
function contextWith(store: Record<string, unknown>, executionId = '7', runIndex = 0): IExecuteFunctions {
	return {
		getNode: () => ({ type: 'n8n-nodes-runcomfy.runComfy' }),
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		getExecutionId: () => executionId,
		getContext: () => store,
		isToolExecution: () => false,
	} as unknown as IExecuteFunctions;
}

/** The record as n8n stored it, with one submit. */
function storedWith(submit: object): object {
	return { version: 1, entries: [{ run: '7/0', itemIndex: 0, submit }] };
}

describe('SubmissionStore', () => {
	it('finds what an earlier try submitted, after n8n has stored it', () => {
		const store: Record<string, unknown> = {};
		new SubmissionStore(contextWith(store)).add(3, { accepted });
		const again = JSON.parse(JSON.stringify(store)) as Record<string, unknown>;

		expect(new SubmissionStore(contextWith(again)).find(3)).toEqual({ accepted });
		expect(new SubmissionStore(contextWith(again)).requestIds).toEqual(['r1']);
	});

	it.each([
		['of another execution', '8', 0],
		['of another run of the node', '7', 1],
	])('knows nothing %s', (_what, executionId, runIndex) => {
		const store: Record<string, unknown> = {};
		new SubmissionStore(contextWith(store)).add(3, { accepted });

		expect(new SubmissionStore(contextWith(store, executionId, runIndex)).find(3)).toBeUndefined();
	});

	it.each([
		['a list, as an older node wrote it', []],
		['another version', { version: 2, entries: [] }],
		['a job without its family', storedWith({ accepted: { job: { requestId: 'r' } } })],
		['a job of a family that it does not know', storedWith({ accepted: { job: { requestId: 'r', family: 'x' } } })],
		['a planned price that is no number', storedWith({ plannedUsd: '0.5' })],
		['a planned price below zero', storedWith({ plannedUsd: -1 })],
		['nonsense', 'x'],
	])('refuses %s, because it might pay twice', (_what, stored) => {
		expect(() => new SubmissionStore(contextWith({ runComfySubmits: stored }))).toThrow('cannot be read');
	});
});
