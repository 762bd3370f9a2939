using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Sharing;

/// <summary>A package is consistent, or it does not exist.</summary>
public sealed class PublicKeyPackageTests
{
    /// <summary>(t, n, seed) of small keys.</summary>
    static readonly Arbitrary<(int T, int N, int Seed)> keys = (
        from n in Gen.Choose(1, 6)
        from t in Gen.Choose(1, n)
        from seed in Gen.Choose(0, 1_000_000)
        select (t, n, seed)).ToArbitrary();

    static PublicKeyPackage<Secp256k1> Package((int T, int N, int Seed) key)
    {
        var parties = new PartySet(PartyId.Range(key.N).Select(p => new PartyId(p.Value * (1 + key.Seed % 1000))));
        return Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, (ulong)key.Seed, key.T, parties).Values.First().Package;
    }

    static PublicKeyPackage<Secp256k1> With(
        PublicKeyPackage<Secp256k1> p, int? threshold = null, PartySet? parties = null, Point<Secp256k1>? groupKey = null, Point<Secp256k1>[]? shares = null) =>
        new(p.Scheme, p.Origin, p.Epoch, threshold ?? p.Threshold, parties ?? p.Parties, groupKey ?? p.GroupKey, shares ?? p.VerifyingShares.ToArray(), p.ChainCode);

    static bool IsRefused(Func<PublicKeyPackage<Secp256k1>> construct)
    {
        try
        {
            construct();
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    [Fact]
    public void Every_consistent_package_exists() => Prop.ForAll(keys, key => Package(key).Equals(With(Package(key)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_changed_verifying_share_is_refused() => Prop.ForAll(keys, EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), (key, error) =>
    {
        var package = Package(key);
        for (var i = 0; i < key.N; i++)
        {
            var shares = package.VerifyingShares.ToArray();
            shares[i] += Point<Secp256k1>.MultiplyBase(error);
            if (!IsRefused(() => With(package, shares: shares)))
                return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_changed_group_key_is_refused() => Prop.ForAll(keys, EdgeValues.NonZeroScalar<Secp256k1>().ToArbitrary(), (key, error) =>
    {
        var package = Package(key);
        return IsRefused(() => With(package, groupKey: package.GroupKey + Point<Secp256k1>.MultiplyBase(error)));
    }).QuickCheckThrowOnFailure();

    // A threshold stated too high would promise more than the sharing keeps; too low, a signature that never comes.
    [Fact]
    public void Any_other_threshold_is_refused() => Prop.ForAll(keys, key =>
        Enumerable.Range(-1, key.N + 3).Where(t => t != key.T).All(t => IsRefused(() => With(Package(key), threshold: t)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Exchanged_and_renumbered_parties_are_refused() => Prop.ForAll(keys, key =>
    {
        var package = Package(key);
        if (key.T == 1)
            return true; // Everybody holds the same.
        var shares = package.VerifyingShares.ToArray();
        (shares[0], shares[1]) = (shares[1], shares[0]);
        var renumbered = new PartySet(package.Parties.Skip(1).Append(new(60_000)));
        return IsRefused(() => With(package, shares: shares)) && IsRefused(() => With(package, parties: renumbered));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_identity_is_neither_key_nor_share()
    {
        var package = Package((2, 3, 1));
        Assert.Throws<ArgumentException>(() => With(package, groupKey: default(Point<Secp256k1>)));
        Assert.Throws<ArgumentException>(() => With(package, shares: [default, .. package.VerifyingShares[1..]]));
        // All points the identity lie on one polynomial.
        Assert.Throws<ArgumentException>(() => With(package, groupKey: default(Point<Secp256k1>), shares: new Point<Secp256k1>[3]));
    }

    [Fact]
    public void Counts_lengths_and_enumerations_are_checked()
    {
        var p = Package((2, 3, 1));
        Assert.Throws<ArgumentException>(() => With(p, shares: p.VerifyingShares[..2].ToArray()));
        Assert.Throws<ArgumentException>(() => With(p, shares: [.. p.VerifyingShares, Point<Secp256k1>.G]));
        PublicKeyPackage<Secp256k1> Make(KeyScheme scheme, KeyOrigin origin, int chainCode) =>
            new(scheme, origin, 0, p.Threshold, p.Parties, p.GroupKey, p.VerifyingShares.ToArray(), new byte[chainCode]);
        Assert.Throws<ArgumentException>(() => Make(p.Scheme, p.Origin, 31));
        Assert.Throws<ArgumentException>(() => Make(p.Scheme, p.Origin, 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(0, p.Origin, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make((KeyScheme)99, p.Origin, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(p.Scheme, 0, 32));
        Assert.NotNull(Make(KeyScheme.FrostBip340, KeyOrigin.Generated, 32));
    }

    [Fact]
    public void From_a_commitment_of_lower_degree_there_is_no_package()
    {
        var phi = new PolynomialCommitment<Secp256k1>([Point<Secp256k1>.G, Point<Secp256k1>.G, Point<Secp256k1>.Identity]);
        Assert.Throws<ArgumentException>(() => PublicKeyPackage<Secp256k1>.FromCommitment(
            KeyScheme.FrostSecp256k1, KeyOrigin.Generated, 0, PartySet.Range(3), phi, new byte[32]));
    }

    [Fact]
    public void Quorums_are_members_enough_and_of_the_scheme()
    {
        var p = Package((2, 3, 1));
        p.RequireQuorum(KeyScheme.FrostSecp256k1, p.Parties);
        p.RequireQuorum(KeyScheme.FrostSecp256k1, new(p.Parties.Skip(1)));
        Assert.Throws<ArgumentException>(() => p.RequireQuorum(KeyScheme.FrostSecp256k1, new([p.Parties[0]])));
        Assert.Throws<ArgumentException>(() => p.RequireQuorum(KeyScheme.FrostSecp256k1, new([p.Parties[0], new(65535)])));
        Assert.Throws<ArgumentException>(() => p.RequireQuorum(KeyScheme.FrostBip340, p.Parties));
        Assert.Throws<ArgumentNullException>(() => p.RequireQuorum(KeyScheme.FrostSecp256k1, null!));
        Assert.Throws<ArgumentException>(() => p.VerifyingShare(new(65535)));
        Assert.Throws<ArgumentException>(() => p.VerifyingShare(default));
    }

    [Fact]
    public void The_digest_stands_for_every_field()
    {
        var p = Package((2, 3, 1));
        PublicKeyPackage<Secp256k1> Make(KeyScheme scheme, KeyOrigin origin, uint epoch, byte chainCode) =>
            new(scheme, origin, epoch, p.Threshold, p.Parties, p.GroupKey, p.VerifyingShares.ToArray(), [.. p.ChainCode[1..], chainCode]);
        PublicKeyPackage<Secp256k1>[] packages =
        [
            Make(p.Scheme, p.Origin, 0, 0), Make(KeyScheme.FrostBip340, p.Origin, 0, 0), Make(p.Scheme, KeyOrigin.Generated, 0, 0),
            Make(p.Scheme, p.Origin, 1, 0), Make(p.Scheme, p.Origin, 0, 1), Package((2, 3, 2)), Package((3, 3, 1)),
            p.Add(Scalar<Secp256k1>.One, p.ChainCode),
        ];
        Assert.Equal(packages.Length, packages.Select(x => Convert.ToHexString(x.Digest())).Distinct().Count());
        Assert.Equal(packages.Length, packages.Distinct().Count());
        Assert.Equal(packages[0], Make(p.Scheme, p.Origin, 0, 0));
        Assert.Equal(packages[0].GetHashCode(), Make(p.Scheme, p.Origin, 0, 0).GetHashCode());
        Assert.False(packages[0].Equals(null));
        // A caller who changes what it was given does not change the package.
        packages[0].Digest()[0] ^= 1;
        Assert.Equal(packages[0].Digest(), Make(p.Scheme, p.Origin, 0, 0).Digest());
    }

    [Fact]
    public void A_tweak_moves_the_key_and_every_share_alike() => Prop.ForAll(keys, EdgeValues.Scalar<Secp256k1>().ToArbitrary(), (key, tweak) =>
    {
        var package = Package(key);
        var child = package.Add(tweak, new byte[32]);
        var shift = Point<Secp256k1>.MultiplyBase(tweak);
        // With() checks that the child lies on a polynomial again.
        return child.GroupKey == package.GroupKey + shift && With(child).Equals(child)
            && package.Parties.All(p => child.VerifyingShare(p) == package.VerifyingShare(p) + shift);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tweak_that_cancels_the_key_or_a_share_is_refused()
    {
        using var f = Polynomial<Secp256k1>.FromCoefficients([Scalar<Secp256k1>.FromUInt64(5), Scalar<Secp256k1>.One]);
        var package = Dealt<Secp256k1>.Package(KeyScheme.FrostSecp256k1, 2, PartySet.Range(3), f.Commit());
        foreach (var cancelled in (ulong[])[5, 6, 7, 8])
            Assert.Throws<ArgumentException>(() => package.Add(-Scalar<Secp256k1>.FromUInt64(cancelled), new byte[32]));
        Assert.Throws<ArgumentException>(() => package.Add(Scalar<Secp256k1>.One, new byte[31]));
    }

    [Fact]
    public void Encodings_come_back() => Prop.ForAll(keys, key =>
    {
        var package = Package(key);
        using var writer = new WireWriter();
        package.Write(writer);
        var reader = new WireReader(writer.Written);
        var read = PublicKeyPackage<Secp256k1>.Read(ref reader);
        reader.End();
        return read.Equals(package) && writer.Length == 1 + 1 + 1 + 8 + 2 + 2 + 2 * key.N + 32 + 33 + 2 + 33 * key.N;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_highest_epoch_is_read_and_the_next_is_not()
    {
        var p = Package((2, 3, 1));
        PublicKeyPackage<Secp256k1> last = new(p.Scheme, p.Origin, uint.MaxValue, p.Threshold, p.Parties, p.GroupKey, p.VerifyingShares.ToArray(), p.ChainCode);
        var bytes = Bytes(last);
        Assert.Equal(last, Read(bytes));
        bytes.AsSpan(3, 8).Clear();
        bytes[6] = 1;
        Assert.Throws<WireException>(() => Read(bytes));
    }

    // One key has one encoding: with the parties in another order, digests of one package would differ.
    [Fact]
    public void Parties_in_another_order_are_refused()
    {
        var bytes = Bytes(Package((1, 3, 1)));
        Assert.NotNull(Read(bytes));
        (bytes[15], bytes[16], bytes[17], bytes[18]) = (bytes[17], bytes[18], bytes[15], bytes[16]);
        Assert.Contains("ascending", Assert.Throws<WireException>(() => Read(bytes)).Message, StringComparison.Ordinal);
    }

    // The consistency check is one random codeword. Points that fit a codeword chosen before them would pass.
    [Fact]
    public void Points_made_to_fit_the_check_of_other_points_are_refused()
    {
        var package = Package((2, 3, 1));
        var x = package.Parties.Select(party => party.ToScalar<Secp256k1>()).Prepend(Scalar<Secp256k1>.Zero).ToArray();
        foreach (var encoded in (byte[][])[new byte[4 * 33], Encode([package.GroupKey, .. package.VerifyingShares])])
        {
            var codeword = Codeword(x, package, encoded);
            Assert.True(Point<Secp256k1>.SumOfProductsVarTime(codeword, [package.GroupKey, .. package.VerifyingShares]).IsIdentity);
            var shares = package.VerifyingShares.ToArray();
            shares[0] += Point<Secp256k1>.MultiplyBase(codeword[2]);
            shares[1] -= Point<Secp256k1>.MultiplyBase(codeword[1]);
            Assert.True(Point<Secp256k1>.SumOfProductsVarTime(codeword, [package.GroupKey, .. shares]).IsIdentity);
            Assert.True(IsRefused(() => With(package, shares: shares)));
        }
    }

    /// <summary>The codeword that the package's check derives from these encoded points.</summary>
    static Scalar<Secp256k1>[] Codeword(Scalar<Secp256k1>[] x, PublicKeyPackage<Secp256k1> package, byte[] encoded)
    {
        var m = new Scalar<Secp256k1>[x.Length - package.Threshold];
        for (var k = 0; k < m.Length; k++)
        {
            using var transcript = new Transcript(Tags.KeyPackageCheck);
            if (k > 0)
            {
                m[k] = transcript.Append(m[k - 1]).Challenge<Secp256k1>();
                continue;
            }
            transcript.Append((ulong)package.Threshold).List(package.Parties.Count);
            foreach (var party in package.Parties)
                transcript.Append(party.Value);
            m[k] = transcript.Append(encoded).Challenge<Secp256k1>();
        }
        return [.. x.Select(xi =>
        {
            var denominator = x.Where(xj => xj != xi).Aggregate(Scalar<Secp256k1>.One, (product, xj) => product * (xi - xj));
            var value = m.Reverse().Aggregate(Scalar<Secp256k1>.Zero, (sum, coefficient) => sum * xi + coefficient);
            return value * denominator.Invert();
        })];
    }

    static byte[] Encode(Point<Secp256k1>[] points) => [.. points.SelectMany(p => p.Encode())];

    static byte[] Bytes(PublicKeyPackage<Secp256k1> package)
    {
        using var writer = new WireWriter();
        package.Write(writer);
        return writer.Written.ToArray();
    }

    static PublicKeyPackage<Secp256k1> Read(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return PublicKeyPackage<Secp256k1>.Read(ref reader);
    }
}
