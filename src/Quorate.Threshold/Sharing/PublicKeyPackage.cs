using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Sharing;

/// <summary>
/// Everything about a shared key that everybody may know: the key, who holds shares and how many of them sign, and each
/// holder's verifying share. Immutable and consistent: group key and verifying shares lie on one polynomial of degree
/// exactly t − 1, so that t parties can sign and fewer cannot, or the package does not exist.
/// </summary>
public sealed class PublicKeyPackage<C> : IEquatable<PublicKeyPackage<C>> where C : struct, ICurve<C>
{
    const byte FormatVersion = 1;

    readonly Point<C>[] verifyingShares;
    readonly byte[] chainCode;
    byte[]? digest;

    /// <summary>Takes the parts of a key; see the properties.</summary>
    /// <exception cref="ArgumentException">
    /// The threshold is not between 1 and the number of parties, the counts differ, the chain code is not 32 bytes, a
    /// point is the identity, or the points lie on no polynomial of degree t − 1, or on one of a lower degree.
    /// </exception>
    public PublicKeyPackage(
        KeyScheme scheme, KeyOrigin origin, uint epoch, int threshold, PartySet parties,
        Point<C> groupKey, IEnumerable<Point<C>> verifyingShares, ReadOnlySpan<byte> chainCode)
        : this(scheme, origin, epoch, threshold, parties, groupKey, [.. verifyingShares], chainCode.ToArray())
    {
        if (!LieOnOnePolynomial())
            throw new ArgumentException("The verifying shares lie on no polynomial of degree t − 1 through the group key.", nameof(verifyingShares));
        if (LeadingCoefficient().IsIdentity)
            throw FewerCouldSign();
    }

    /// <summary>Checks everything but that the points lie on one polynomial.</summary>
    PublicKeyPackage(
        KeyScheme scheme, KeyOrigin origin, uint epoch, int threshold, PartySet parties,
        Point<C> groupKey, Point<C>[] verifyingShares, byte[] chainCode)
    {
        ArgumentNullException.ThrowIfNull(parties);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, parties.Count);
        if (!Enum.IsDefined(scheme))
            throw new ArgumentOutOfRangeException(nameof(scheme));
        if (!Enum.IsDefined(origin))
            throw new ArgumentOutOfRangeException(nameof(origin));
        if (chainCode.Length != 32)
            throw new ArgumentException("A chain code has 32 bytes.", nameof(chainCode));
        if (verifyingShares.Length != parties.Count)
            throw new ArgumentException("One verifying share for every party.", nameof(verifyingShares));
        if (groupKey.IsIdentity || verifyingShares.Any(p => p.IsIdentity))
            throw new ArgumentException("The identity is neither a key nor a verifying share.", nameof(verifyingShares));

        (Scheme, Origin, Epoch, Threshold, Parties, GroupKey) = (scheme, origin, epoch, threshold, parties, groupKey);
        this.verifyingShares = verifyingShares;
        this.chainCode = chainCode;
    }

    /// <summary>The package of the key that <paramref name="f"/> commits to, consistent by construction.</summary>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    internal static PublicKeyPackage<C> FromCommitment(
        KeyScheme scheme, KeyOrigin origin, uint epoch, PartySet parties, PolynomialCommitment<C> f, ReadOnlySpan<byte> chainCode) =>
        f.Coefficients[^1].IsIdentity ? throw FewerCouldSign() : FromTrusted(scheme, origin, epoch, f.Count, parties, f.Constant, [.. parties.Select(f.AtVarTime)], chainCode);

    /// <summary>The package of points that have just been computed from one commitment.</summary>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    internal static PublicKeyPackage<C> FromTrusted(
        KeyScheme scheme, KeyOrigin origin, uint epoch, int threshold, PartySet parties,
        Point<C> groupKey, Point<C>[] verifyingShares, ReadOnlySpan<byte> chainCode) =>
        new(scheme, origin, epoch, threshold, parties, groupKey, verifyingShares, chainCode.ToArray());

    /// <summary>What the key may be used for.</summary>
    public KeyScheme Scheme { get; }

    /// <summary>Where the key comes from.</summary>
    public KeyOrigin Origin { get; }

    /// <summary>Which sharing of the key this is: 0 the first, and a higher number at each refresh or resharing.</summary>
    public uint Epoch { get; }

    /// <summary>How many parties sign.</summary>
    public int Threshold { get; }

    /// <summary>Who holds a share.</summary>
    public PartySet Parties { get; }

    /// <summary>The public key that signatures verify under.</summary>
    public Point<C> GroupKey { get; }

    /// <summary>32 public bytes for the derivation of child keys.</summary>
    public ReadOnlySpan<byte> ChainCode => chainCode;

    /// <summary>The verifying shares in the order of the parties.</summary>
    public ReadOnlySpan<Point<C>> VerifyingShares => verifyingShares;

    /// <summary>f(party)·G.</summary>
    /// <exception cref="ArgumentException">The party holds no share.</exception>
    public Point<C> VerifyingShare(PartyId party) => Parties.IndexOf(party) is >= 0 and var index
        ? verifyingShares[index]
        : throw new ArgumentException($"{party} holds no share of this key.", nameof(party));

    /// <summary>Checks that <paramref name="quorum"/> can sign with this key under <paramref name="scheme"/>.</summary>
    /// <exception cref="ArgumentException">Another scheme, fewer parties than the threshold, or a party without a share.</exception>
    public void RequireQuorum(KeyScheme scheme, PartySet quorum)
    {
        ArgumentNullException.ThrowIfNull(quorum);
        if (Scheme != scheme)
            throw new ArgumentException($"A key of {Scheme} does not sign under {scheme}.", nameof(scheme));
        if (quorum.Count < Threshold)
            throw new ArgumentException($"{Threshold} parties sign with this key, not {quorum.Count}.", nameof(quorum));
        if (!quorum.IsSubsetOf(Parties))
            throw new ArgumentException($"Not all of {quorum} hold a share; {Parties} do.", nameof(quorum));
    }

    /// <summary>
    /// The same sharing of the key plus <paramref name="tweak"/>: every share grows by the tweak, since a constant lies
    /// on every party's line alike.
    /// </summary>
    /// <exception cref="ArgumentException">The tweaked key or a share of it is the identity: negligible unless sought.</exception>
    public PublicKeyPackage<C> Add(in Scalar<C> tweak, ReadOnlySpan<byte> childChainCode)
    {
        // Points on a polynomial, all shifted by the same point, lie on a polynomial again.
        var shift = Point<C>.MultiplyBase(tweak);
        return new(
            Scheme, Origin, Epoch, Threshold, Parties, GroupKey + shift, verifyingShares.Select(p => p + shift).ToArray(), childChainCode.ToArray());
    }

    /// <summary>32 bytes that stand for every field of the package.</summary>
    public byte[] Digest() => [.. digest ??= ComputeDigest()];

    /// <summary>Writes the stored format.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Byte((byte)Scheme);
        writer.Byte((byte)Origin);
        writer.UInt64(Epoch);
        writer.UInt16(Threshold);
        writer.UInt16(Parties.Count);
        foreach (var party in Parties)
            writer.Party(party);
        writer.Raw(chainCode);
        writer.Point(GroupKey);
        writer.Points<C>(verifyingShares);
    }

    /// <summary>Reads the stored format and checks everything the constructor checks.</summary>
    /// <exception cref="WireException">The bytes are no consistent package of a known version.</exception>
    public static PublicKeyPackage<C> Read(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"key package version {version}, known is {FormatVersion}");
        var scheme = (KeyScheme)reader.Byte();
        var origin = (KeyOrigin)reader.Byte();
        var epoch = reader.UInt64();
        if (epoch > uint.MaxValue)
            throw reader.Error($"epoch {epoch}");
        var threshold = reader.UInt16();
        var parties = new PartyId[reader.Count(PartySet.MaxCount)];
        for (var i = 0; i < parties.Length; i++)
        {
            parties[i] = reader.Party();
            if (i > 0 && parties[i] <= parties[i - 1])
                throw reader.Error("parties not in ascending order");
        }
        var chainCode = reader.Take(32);
        var groupKey = reader.Point<C>();
        var shares = reader.Points<C>(PartySet.MaxCount);
        try
        {
            return new(scheme, origin, (uint)epoch, threshold, new(parties), groupKey, shares, chainCode);
        }
        catch (ArgumentException inconsistent)
        {
            throw reader.Error(inconsistent.Message);
        }
    }

    /// <inheritdoc/>
    public bool Equals(PublicKeyPackage<C>? other) => other is not null && Digest().AsSpan().SequenceEqual(other.Digest());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKeyPackage<C>);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(GroupKey, Epoch);

    byte[] ComputeDigest()
    {
        using var writer = new WireWriter();
        Write(writer);
        using var transcript = new Transcript(Tags.KeyPackage);
        return transcript.Append(writer.Written).Digest();
    }

    /// <summary>
    /// n + 1 points lie on a polynomial of degree t − 1 exactly if they are orthogonal to the dual code; one random
    /// codeword tests it but for a chance of one in the group order (SCRAPE, ePrint 2017/216, section 2.1). The
    /// codeword's randomness is a hash of everything that is checked, so that nobody chooses a part of it afterwards.
    /// </summary>
    bool LieOnOnePolynomial()
    {
        // Abscissae 0 (the group key) and the parties; dual codewords are (vᵢ·m(xᵢ)) with deg m < n + 1 − t.
        var n = Parties.Count + 1;
        var x = new Scalar<C>[n];
        var points = new Point<C>[n];
        points[0] = GroupKey;
        verifyingShares.CopyTo(points.AsSpan(1));
        for (var i = 1; i < n; i++)
            x[i] = Parties[i - 1].ToScalar<C>();

        var encoded = new byte[n * C.PointSize];
        C.EncodeMany(points, encoded);
        var m = new Scalar<C>[n - Threshold];
        for (var k = 0; k < m.Length; k++)
        {
            using var transcript = new Transcript(Tags.KeyPackageCheck);
            m[k] = k == 0
                ? AppendParties(transcript.Append((ulong)Threshold)).Append(encoded).Challenge<C>()
                : transcript.Append(m[k - 1]).Challenge<C>();
        }

        var codeword = new Scalar<C>[n];
        for (var i = 0; i < n; i++)
        {
            codeword[i] = Scalar<C>.One;
            for (var j = 0; j < n; j++)
                if (i != j)
                    codeword[i] *= x[i] - x[j];
        }
        Scalar<C>.InvertAll(codeword);
        for (var i = 0; i < n; i++)
        {
            var value = m[^1];
            for (var k = m.Length - 2; k >= 0; k--)
                value = value * x[i] + m[k];
            codeword[i] *= value;
        }
        return Point<C>.SumOfProductsVarTime(codeword, points).IsIdentity;
    }

    static ArgumentException FewerCouldSign() => new("Fewer parties than the threshold could sign: the polynomial's degree is below t − 1.");

    Transcript AppendParties(Transcript transcript)
    {
        transcript.List(Parties.Count);
        foreach (var party in Parties)
            transcript.Append(party.Value);
        return transcript;
    }

    /// <summary>a_{t−1}·G by Lagrange: Σ Yᵢ / Πⱼ≠ᵢ (xᵢ − xⱼ) over any t of the points, here the first t parties'.</summary>
    Point<C> LeadingCoefficient()
    {
        var weights = new Scalar<C>[Threshold];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Scalar<C>.One;
            for (var j = 0; j < weights.Length; j++)
                if (i != j)
                    weights[i] *= Parties[i].ToScalar<C>() - Parties[j].ToScalar<C>();
        }
        Scalar<C>.InvertAll(weights);
        return Point<C>.SumOfProductsVarTime(weights, VerifyingShares[..Threshold]);
    }
}
