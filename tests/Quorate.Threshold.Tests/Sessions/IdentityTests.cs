using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>Parties, sets of them, and sessions' names.</summary>
public sealed class IdentityTests
{
    // Attack 17: an index of zero would be handed the secret itself.
    [Theory, InlineData(0), InlineData(-1), InlineData(65536), InlineData(int.MinValue), InlineData(int.MaxValue)]
    public void A_party_number_is_from_1_to_65535(int value) => Assert.Throws<ArgumentOutOfRangeException>(() => new PartyId(value));

    [Fact]
    public void A_partys_scalar_is_its_number_and_never_zero()
    {
        Assert.Equal(Scalar<Secp256k1>.One, new PartyId(1).ToScalar<Secp256k1>());
        Assert.Equal(Scalar<Ed25519>.FromUInt64(65535), new PartyId(65535).ToScalar<Ed25519>());
        Assert.Equal("P65535", new PartyId(65535).ToString());
    }

    [Fact]
    public void Parties_are_ordered_by_number()
    {
        PartyId two = new(2), ten = new(10);
        Assert.True(two < ten && two <= ten && ten > two && ten >= two && ten <= new PartyId(10) && two != ten);
        Assert.True(two.CompareTo(ten) < 0);
        Assert.Equal([new(1), new(2), new(3)], PartyId.Range(3));
    }

    // Attack 17: a duplicate would divide by zero, and the default id is the abscissa of the secret.
    [Fact]
    public void A_set_refuses_nobody_duplicates_the_default_and_too_many()
    {
        Assert.Throws<ArgumentException>(() => new PartySet([]));
        Assert.Throws<ArgumentException>(() => new PartySet([new(1), new(2), new(1)]));
        Assert.Throws<ArgumentException>(() => new PartySet([new(1), default]));
        Assert.Throws<ArgumentException>(() => PartySet.Range(257));
        Assert.Throws<ArgumentNullException>(() => new PartySet(null!));
        Assert.Equal(256, PartySet.Range(256).Count);
        Assert.Throws<ArgumentException>(() => new PartySet(Endless()));

        static IEnumerable<PartyId> Endless()
        {
            while (true)
                yield return new(1);
        }
    }

    [Fact]
    public void A_set_is_sorted_and_compares_by_members()
    {
        var set = new PartySet([new(300), new(2), new(65535)]);
        Assert.Equal("{P2, P300, P65535}", set.ToString());
        Assert.Equal(set, new PartySet([new(65535), new(2), new(300)]));
        Assert.Equal(set.GetHashCode(), new PartySet([new(65535), new(2), new(300)]).GetHashCode());
        Assert.NotEqual(set, new PartySet([new(2), new(300)]));
        Assert.Equal(1, set.IndexOf(new(300)));
        Assert.Equal(-1, set.IndexOf(new(3)));
        Assert.Equal(-1, set.IndexOf(default));
        Assert.True(set.Contains(new(2)));
        Assert.False(set.Contains(new(1)));
        Assert.True(new PartySet([new(2)]).IsSubsetOf(set));
        Assert.False(new PartySet([new(2), new(3)]).IsSubsetOf(set));
        Assert.Equal([new PartyId(2), new PartyId(65535)], set.Except(new(300)));
        Assert.Equal(set, set.AsSpan().ToArray());
        Assert.Equal(new PartyId(65535), set[2]);
    }

    [Fact]
    public void A_set_does_not_change_with_the_array_it_came_from()
    {
        PartyId[] members = [new(1), new(2)];
        var set = new PartySet(members);
        members[0] = new(9);
        Assert.Equal(PartySet.Range(2), set);
    }

    [Fact]
    public void A_session_id_has_32_bytes()
    {
        Assert.Throws<ArgumentException>(() => new SessionId(new byte[31]));
        Assert.Throws<ArgumentException>(() => new SessionId(new byte[33]));
        var bytes = new byte[32];
        var id = new SessionId(bytes);
        bytes[0] = 1;
        Assert.Equal(new string('0', 64), id.ToString());
        Assert.Equal(id, new SessionId(new byte[32]));
        Assert.NotEqual(id, new SessionId(bytes));
    }

    [Fact]
    public void Derived_ids_are_injective_in_their_parts()
    {
        SessionId[] ids =
        [
            SessionId.Derive(), SessionId.Derive(new byte[][] { [] }), SessionId.Derive([], []), SessionId.Derive([1, 2]), SessionId.Derive([1], [2]),
            SessionId.Derive([1, 2], []), SessionId.Derive([], [1, 2]), SessionId.Derive([2], [1]),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(SessionId.Derive([1], [2]), SessionId.Derive([1], [2]));
    }

    [Fact]
    public void Random_ids_differ() =>
        Assert.NotEqual(SessionId.Random(new SeededRandom(1)), SessionId.Random(new SeededRandom(2)));

    [Fact]
    public void A_session_is_bound_to_name_id_parties_and_what_was_agreed()
    {
        static string Of(Scripted protocol) => Convert.ToHexString(protocol.SessionContext);
        string[] contexts =
        [
            Of(new(1, PartySet.Range(2), Scripts.OneBroadcast)),
            Of(new(1, PartySet.Range(2), Scripts.OneBroadcast, name: "test/2")),
            Of(new(1, PartySet.Range(2), Scripts.OneBroadcast, id: 2)),
            Of(new(1, PartySet.Range(3), Scripts.OneBroadcast)),
            Of(new(1, new([new(1), new(3)]), Scripts.OneBroadcast)),
            Of(new(1, PartySet.Range(2), Scripts.OneBroadcast, agreed: [[]])),
            Of(new(1, PartySet.Range(2), Scripts.OneBroadcast, agreed: [[1], [2]])),
            Of(new(1, PartySet.Range(2), Scripts.OneBroadcast, agreed: [[1, 2]])),
        ];
        Assert.Equal(contexts.Length, contexts.Distinct().Count());
        Assert.Equal(contexts[0], Of(new(2, PartySet.Range(2), Scripts.OneBroadcast)));
    }
}
