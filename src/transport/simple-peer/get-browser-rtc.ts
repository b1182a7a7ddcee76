/** What simple-peer takes from `get-browser-rtc`: the browser's own classes. The package knows their names of ten years ago too. */
function getBrowserRTC(): object | null {
  if (!('RTCPeerConnection' in globalThis)) return null;
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate } = globalThis;
  return { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate };
}

// What `require` is to return.
export { getBrowserRTC as 'module.exports' };
