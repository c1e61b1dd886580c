import { manual, runComfy, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';

/** A ComfyUI workflow that the account has deployed. */
export function ownWorkflow(input: ExampleInputs): Example {
	return {
		file: 'deployment.json',
		name: 'RunComfy: your own ComfyUI workflow',
		note: {
			does: 'Runs a ComfyUI workflow that you deployed on RunComfy, waits for it and gets its files. Its inputs appear as fields. Empty fields keep the saved values.',
			costs: 'RunComfy charges for the time an instance is up. There is no price per request, so there is no Spend Limit: set Max Instances and Keep Warm of the deployment.',
			change: 'Select your own deployment in RunComfy, then fill in the fields that appear.',
		},
		nodes: [manual, runComfy('RunComfy', { resource: 'deploymentRequest', ...input.workflow })],
		connections: { 'Manual Trigger': [['RunComfy']] },
	};
}
