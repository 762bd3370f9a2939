namespace Quorate.Chains.Ethereum;

/// <summary>
/// The nonces of one account, of which each can be used once and none be left out: what has been handed out for
/// transactions under way, so that two of them never get the same and a gap is filled first. Has no clock and asks no node.
/// </summary>
public sealed class NonceLane
{
    readonly Lock turn = new();
    readonly SortedSet<ulong> reserved = [];

    /// <summary>
    /// The lowest nonce that nobody uses: not mined, not in the node's pool, not handed out.
    /// </summary>
    /// <param name="mined">How many transactions of the account are in blocks.</param>
    /// <param name="pending">The same with those that wait in the node's pool without a gap before them.</param>
    public ulong Take(ulong mined, ulong pending)
    {
        lock (turn)
        {
            reserved.RemoveWhere(n => n < mined);
            var nonce = Math.Max(mined, pending);
            while (reserved.Contains(nonce))
                nonce++;
            reserved.Add(nonce);
            return nonce;
        }
    }

    /// <summary>Gives a nonce back whose transaction will never be sent, so that the next one takes it.</summary>
    public void Return(ulong nonce)
    {
        lock (turn)
            reserved.Remove(nonce);
    }

    /// <summary>
    /// The nonces that keep later ones waiting: from the first the network lacks to the last that has been handed out,
    /// those not handed out to anybody, and the first one itself, whose transaction the network does not have.
    /// </summary>
    public IReadOnlyList<ulong> Gaps(ulong mined, ulong pending)
    {
        lock (turn)
        {
            var first = Math.Max(mined, pending);
            var gaps = new List<ulong>();
            if (reserved.Count == 0 || reserved.Max <= first)
                return gaps;
            for (var nonce = first; nonce < reserved.Max; nonce++)
                if (nonce == first || !reserved.Contains(nonce))
                    gaps.Add(nonce);
            return gaps;
        }
    }
}
