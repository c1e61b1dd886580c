import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { useControlledClock } from './support/controlledClock';
import { deploymentLocator, workflowFields, workflowJson } from './support/deploymentInput';
import { useBench } from './support/setup';

/* Deployments that change between the form and the run, and that items choose for themselves. */
const bench = useBench();
const clock = useControlledClock();

const platform = () => bench.simulator.platform;
const original = () => platform().of(DEPLOYMENTS.textToImage);
let saved: string;
beforeEach(() => {
	saved = JSON.stringify(original());
});
afterEach(() => {
	Object.assign(original(), JSON.parse(saved));
});

/** A new version, as an edit on RunComfy makes it. */
function deployVersion(change: (workflow: NonNullable<ReturnType<typeof original>['workflow']>) => void): void {
	const deployment = original();
	const workflow = JSON.parse(JSON.stringify(deployment.workflow)) as NonNullable<typeof deployment.workflow>;
	change(workflow);
	const now = new Date(Date.now()).toISOString();
	Object.assign(deployment, { workflow, workflow_version: `v-${now}`, updated_at: now });
}

const stored = (id: string, displayName: string, type = 'string') => ({
	id,
	displayName,
	type,
	required: false,
	defaultMatch: false,
	canBeUsedToMatch: false,
	display: true,
});

describe('a version that was deployed after the form was filled in', () => {
	const run = async (fields: object, schema: object[]) =>
		await bench.run(
			workflowFields(
				{},
				{ workflowInput: { mappingMode: 'defineBelow', value: fields, matchingColumns: [], schema } as never },
			),
		);

	it('has a node no more: refused before the submit, by its old title', async () => {
		deployVersion((workflow) => delete workflow['7']);
		const title = 'CLIP Text Encode (Prompt), negative: text';
		const execution = await run({ '7.text': 'blurry' }, [stored('7.text', `${title} (now text)`)]);

		expect(execution.error('RunComfy')?.message).toContain(title);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('has a link where a value was', async () => {
		deployVersion((workflow) => {
			workflow['6']!.inputs.text = ['7', 0];
		});
		const execution = await run({ '6.text': 'a boat' }, [stored('6.text', 'CLIP Text Encode (Prompt): text')]);

		expect(execution.error('RunComfy')?.message).toContain('is now connected to #7');
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('has another node under the same ID', async () => {
		deployVersion((workflow) => {
			workflow['5'] = { class_type: 'CLIPTextEncode', inputs: { text: 'hello', clip: ['4', 1] } };
		});
		const execution = await run({ '5.width': 512 }, [stored('5.width', 'Empty Latent Image: width', 'number')]);

		expect(execution.error('RunComfy')?.message).toContain('width');
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('is seen a minute later at most, also by items of one run', async () => {
		await bench.run(workflowFields({ '6.text': 'first' }));
		deployVersion((workflow) => delete workflow['6']);
		await clock.pass(61_000);
		const execution = await bench.run(workflowFields({ '6.text': 'second' }));

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'invalid_input', charged: 'no' });
		expect(platform().accepted).toHaveLength(1);
	});
});

describe('items that choose their deployment', () => {
	it('are checked each against its own, which is read once', async () => {
		const ids = [DEPLOYMENTS.textToImage, DEPLOYMENTS.caption];
		const items = Array.from({ length: 10 }, (_, index) => ({ json: { id: ids[index % 2]! } }));
		const execution = await bench.run(workflowJson('{}', { deployment: '={{ $json.id }}' }), { items });

		expect(execution.items('RunComfy')).toHaveLength(10);
		expect(execution.items('RunComfy').map(({ json }) => json.deployment_id)).toEqual(
			items.map(({ json }) => json.id),
		);
		expect(bench.simulator.calls('deployment')).toHaveLength(2);
		expect(
			platform()
				.accepted.map(({ deploymentId }) => deploymentId)
				.sort(),
		).toEqual(items.map(({ json }) => json.id).sort());
	});

	it('without one are refused, and the others are not submitted', async () => {
		const items = [{ json: { id: DEPLOYMENTS.caption } }, { json: {} }];
		const execution = await bench.run(workflowJson('{}', { deployment: '={{ $json.id }}' }), { items });

		expect(execution.error('RunComfy')?.message).toContain('No deployment is selected');
		expect(platform().accepted).toHaveLength(0);
	});
});

describe('a request that starts an instance', () => {
	it('waits half an hour for it, and is submitted once', async () => {
		platform().settings.coldStartMs = 30 * 60_000;
		const execution = await bench.run(workflowFields({ '6.text': 'a boat' }));
		platform().settings.coldStartMs = 0;

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(bench.simulator.calls('status').length).toBeLessThan(400);
	});

	it('that was submitted before can still be read when its deployment is disabled', async () => {
		bench.simulator.nextPlans.push({ runMs: 60_000 });
		const submit = await bench.run(workflowFields({ '6.text': 'a boat' }, { operation: 'submit' }));
		original().is_enabled = false;
		const execution = await bench.run({
			resource: 'deploymentRequest',
			operation: 'getStatus',
			deployment: deploymentLocator(),
			requestId: String(submit.items('RunComfy')[0]?.json.request_id),
		});

		expect(execution.items('RunComfy')[0]?.json.status).toBe('in_progress');
	});
});

describe('the reason of a failed run', () => {
	beforeEach(() => {
		platform().settings.errorAs = 'nodeErrors';
		bench.simulator.nextPlans.push({ outcome: 'failed', reason: 'nope' });
	});
	afterEach(() => {
		platform().settings.errorAs = 'object';
	});
	const waitForFailed = async (change?: () => void) => {
		const submitted = await bench.run(workflowFields({ '6.text': 'a boat' }, { operation: 'submit' }));
		// What is known of the deployment is a minute old at most.
		await clock.pass(61_000);
		change?.();
		const execution = await bench.run({
			resource: 'deploymentRequest',
			operation: 'wait',
			deployment: deploymentLocator(),
			requestId: String(submitted.items('RunComfy')[0]?.json.request_id),
		});
		return execution.error('RunComfy')?.message;
	};
	const entitle = (title: string, className = 'KSampler') =>
		deployVersion((workflow) => Object.assign(workflow['3']!, { class_type: className, _meta: { title } }));

	it("names a node by its author's title", async () => {
		entitle('Second pass');

		expect(await waitForFailed()).toContain('Second pass #3: sampler_name: Value not in list (nope)');
	});

	it('names its class where the workflow has another node there by now', async () => {
		const message = await waitForFailed(() => {
			entitle('Save', 'SaveImage');
		});

		expect(message).toContain('KSampler #3: sampler_name');
	});

	it('names its class where the workflow cannot be read', async () => {
		const message = await waitForFailed(() => {
			bench.simulator.fault({ on: 'deployment', action: { type: 'answer', status: 500 }, times: 5 });
		});
		bench.simulator.faults.clear();

		expect(message).toContain('KSampler #3: sampler_name');
		expect(bench.simulator.calls('deployment').length).toBeLessThan(5);
	});
});
