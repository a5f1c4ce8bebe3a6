import { TESTED_NATS_SERVERS, startTestBroker, startTestCluster } from '@everynode/testkit';
import { describeBroker } from './testing/describe-broker.ts';

for (const version of TESTED_NATS_SERVERS) describeBroker(`nats-server ${version}`, () => startTestBroker({ version }));

describeBroker('three nats-servers 2.15.1', () => startTestCluster({ version: '2.15.1' }), 3);
