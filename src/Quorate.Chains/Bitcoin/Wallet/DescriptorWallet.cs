using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// A wallet's addresses: those it receives on and those its change goes to. It holds public keys only, and knows a script
/// for its own when it has derived it itself. Safe for several threads.
/// </summary>
public sealed class DescriptorWallet
{
    /// <summary>Addresses of each kind that are derived beforehand, beyond the last one known to be used: BIP 44's gap limit.</summary>
    public const int GapLimit = 20;

    /// <summary>
    /// How far behind the last one known to be used an index may lie that a PSBT claims for an output. Change beyond it is the
    /// wallet's by right, but nobody would look for it there: it could be held to ransom.
    /// </summary>
    public const uint MaxLead = 10_000;

    /// <summary>Claims of one output that are followed; each costs a derivation.</summary>
    const int MaxClaims = 4;

    readonly Lock turn = new();
    readonly Dictionary<byte[], WalletScript> known = new(ScriptComparer.Instance);
    readonly OutputDescriptor[] branches;
    readonly List<WalletScript>[] derived = [[], []];
    readonly uint[] next = new uint[2];

    /// <summary>A wallet of two descriptors, which may be the same.</summary>
    /// <exception cref="ArgumentException">A descriptor's extended key is written for another kind of network.</exception>
    public DescriptorWallet(BitcoinNetwork network, OutputDescriptor receive, OutputDescriptor change)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(receive);
        ArgumentNullException.ThrowIfNull(change);
        Network = network;
        branches = [receive, change];
        foreach (var branch in branches)
        {
            if (branch.Network is { } keys && keys != network.ExtendedKeys)
                throw new ArgumentException($"A key for {keys} in a wallet on {network.Name}.", nameof(receive));
        }
        Reveal(isChange: false, 0);
        Reveal(isChange: true, 0);
    }

    /// <summary>The network.</summary>
    public BitcoinNetwork Network { get; }

    /// <summary>Whether change goes where payments come in.</summary>
    internal bool HasOneBranch => branches[0].ToString() == branches[1].ToString();

    /// <summary>The wallet of a descriptor with <c>&lt;0;1&gt;</c> for receiving and change (BIP 389), or of one for both.</summary>
    /// <exception cref="FormatException">It is no such descriptor.</exception>
    /// <exception cref="ArgumentException">Its key is written for another kind of network.</exception>
    public static DescriptorWallet Parse(BitcoinNetwork network, string descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var text = OutputDescriptor.WithoutChecksum(descriptor);
        return new(network, OutputDescriptor.Parse(text.Replace("<0;1>", "0", StringComparison.Ordinal)),
            OutputDescriptor.Parse(text.Replace("<0;1>", "1", StringComparison.Ordinal)));
    }

    /// <summary>
    /// The receiving script at an index, which counts as used from now on; it and the <see cref="GapLimit"/> after it are
    /// known. Who restores a wallet says so how far it has come.
    /// </summary>
    public WalletScript Receive(uint index) => Use(isChange: false, index);

    /// <summary>As <see cref="Receive"/>, of the change scripts.</summary>
    public WalletScript Change(uint index) => Use(isChange: true, index);

    /// <summary>The index after the highest one used.</summary>
    internal uint NextIndex(bool isChange)
    {
        lock (turn)
            return next[isChange ? 1 : 0];
    }

    /// <summary>A script without using it.</summary>
    internal WalletScript Peek(bool isChange, uint index)
    {
        lock (turn)
        {
            if (index < (uint)derived[isChange ? 1 : 0].Count)
                return derived[isChange ? 1 : 0][(int)index];
        }
        return branches[isChange ? 1 : 0].Derive(index);
    }

    /// <summary>Whether a branch has a script for every index, or one only.</summary>
    internal bool HasRange(bool isChange) => branches[isChange ? 1 : 0].IsRanged;

    /// <summary>Whether an address is among those derived so far.</summary>
    public bool Owns(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Chain == Network.Chain && Find(BitcoinAddresses.ToScript(Network, address)) is not null;
    }

    /// <summary>The wallet's script with these bytes, where it is among those derived so far.</summary>
    public WalletScript? Find(ReadOnlySpan<byte> script)
    {
        lock (turn)
            return known.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(script, out var found) ? found : null;
    }

    /// <summary>
    /// As the public one, and beyond what was derived where the PSBT claims a derivation: by deriving it, wherever it lies for
    /// a coin, and within <see cref="MaxLead"/> otherwise.
    /// </summary>
    internal WalletScript? Find(ReadOnlySpan<byte> script, IEnumerable<PsbtDerivation> claims, bool isCoin)
    {
        if (Find(script) is { } found)
            return found;
        foreach (var claim in claims.Take(MaxClaims))
        {
            for (var i = 0; i < branches.Length; i++)
            {
                var end = isCoin ? Bip32.Hardened : Math.Min(NextIndex(i == 1) + MaxLead, Bip32.Hardened);
                if (branches[i].Follow(claim, end) is { } derived && derived.Script.Span.SequenceEqual(script))
                    return derived;
            }
        }
        return null;
    }

    WalletScript Use(bool isChange, uint index)
    {
        Reveal(isChange, index);
        lock (turn)
        {
            ref var after = ref next[isChange ? 1 : 0];
            after = Math.Max(after, index + 1);
        }
        return Peek(isChange, index);
    }

    void Reveal(bool isChange, uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Bip32.Hardened);
        var branch = branches[isChange ? 1 : 0];
        lock (turn)
        {
            var scripts = derived[isChange ? 1 : 0];
            var last = branch.IsRanged ? Math.Min(index + GapLimit, Bip32.Hardened - 1) : 0;
            while (scripts.Count <= last)
            {
                var script = branch.Derive((uint)scripts.Count);
                scripts.Add(script);
                known.TryAdd(script.Script.ToArray(), script);
            }
        }
    }
}
