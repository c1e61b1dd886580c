import { parseArgs } from 'node:util';

import { TOKENS } from './accounts';
import { Simulator } from './simulator';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '4010' },
		'queue-seconds': { type: 'string', default: '2' },
		'run-seconds': { type: 'string', default: '6' },
	},
});

const plan = {
	queueMs: Number(values['queue-seconds']) * 1000,
	runMs: Number(values['run-seconds']) * 1000,
	outcome: 'succeeded' as const,
	reason: 'The prompt was refused',
};

void new Simulator({ plan }, Date.now, ({ at, method, path, status }) => {
	console.log(`${new Date(at).toISOString().slice(11, 23)}  ${status || '---'}  ${method.padEnd(4)}  ${path}`);
})
	.start(Number(values.port))
	.then(({ url }) => {
		console.log(`RunComfy simulator at ${url} (loopback only, ends with Ctrl+C)`);
		console.log(`In the credential: API token ${TOKENS.main}, Use Custom Endpoints on, both URLs ${url}`);
		console.log(`Other tokens: ${TOKENS.other} (another account), ${TOKENS.poor} (no balance)`);
	});
