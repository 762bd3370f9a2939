namespace Quorate.Node.Signing;

/// <summary>Everything of a node that signs: it leads, it takes part when others lead, it prepares ahead. Begins to answer at once.</summary>
sealed class NodeSigning : IAsyncDisposable
{
    internal NodeSigning(SigningParts parts)
    {
        Signer = new(parts.Deployment, parts.Gate, parts.Vault, parts.Sessions, parts.Limits.Session, parts.Random);
        Health = new(parts.Time);
        Presigner = new(parts);
        Peer = new(parts, Signer, Presigner.Stock);
        Lead = new(parts, Signer, Health, Presigner);
    }

    /// <summary>Takes requests.</summary>
    internal SigningLead Lead { get; }

    /// <summary>Takes part for others.</summary>
    internal SigningPeer Peer { get; }

    /// <summary>What was seen of the peers.</summary>
    internal PeerHealth Health { get; }

    /// <summary>Prepares ahead; switched off unless <see cref="PresigningLimits.Target"/> says otherwise.</summary>
    internal Presigner Presigner { get; }

    /// <summary>Lends this node's share.</summary>
    internal Signer Signer { get; }

    /// <summary>Gives up what runs, and waits for it; what was prepared is wiped.</summary>
    public async ValueTask DisposeAsync()
    {
        await Lead.DisposeAsync().ConfigureAwait(false);
        await Peer.DisposeAsync().ConfigureAwait(false);
        await Presigner.DisposeAsync().ConfigureAwait(false);
    }
}
