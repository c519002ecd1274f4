// Listens to server-sent events, and goes on after a 503, which an EventSource takes for the end.
export function listen(url, onMessage, pause = 30_000) {
  const source = new EventSource(url);
  source.onmessage = onMessage;
  source.onerror = () => {
    // In any other state the browser connects again by itself.
    if (source.readyState === EventSource.CLOSED) {
      // Not all clients in one moment.
      setTimeout(() => listen(url, onMessage, pause), pause * (0.5 + Math.random()));
    }
  };
}
