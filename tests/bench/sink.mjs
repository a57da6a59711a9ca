// sink.mjs: the least that a mail server says; the data is counted and thrown away.
import net from 'node:net';

export async function openSink() {
	const sink = { taken: 0, bytes: 0 };

	sink.server = net.createServer((socket) => {
		let data = false, tail = '';
		socket.setNoDelay(true);
		socket.write('220 sink\r\n');
		socket.on('error', () => {});
		socket.on('data', (chunk) => {
			sink.bytes += chunk.length;
			const s = tail + chunk.toString('latin1');
			tail = '';
			if (data) {
				if (!s.endsWith('\r\n.\r\n')) { tail = s.slice(-5); return; }
				data = false;
				sink.taken++;
				socket.write('250 taken\r\n');
				return;
			}
			for (const line of s.split('\r\n').filter(Boolean)) {
				if (/^DATA/i.test(line)) { data = true; socket.write('354 go on\r\n'); }
				else if (/^EHLO/i.test(line)) socket.write('250-sink\r\n250 SIZE 10000000\r\n');
				else if (/^QUIT/i.test(line)) { socket.write('221 bye\r\n'); socket.end(); }
				else socket.write('250 fine\r\n');
			}
		});
	});
	await new Promise((resolve) => { sink.server.listen(0, '127.0.0.1', resolve); });
	sink.url = `smtp://localhost:${sink.server.address().port}`;
	return sink;
}
