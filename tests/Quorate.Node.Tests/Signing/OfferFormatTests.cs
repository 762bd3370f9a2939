using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>Offers and answers as bytes, and what no sender gets through.</summary>
public sealed class OfferFormatTests
{
    static readonly Deployment acme = new();

    static SigningOffer Offer(params byte[] presignatures) => new(
        Fleet.Attempt(7), new([new(1), new(3)]), [0, 5], [.. presignatures.Select(b => new Digest([.. Enumerable.Repeat(b, 32)]))], acme.Request());

    static readonly SigningAnswer[] answers =
    [
        new SigningAnswer.Joining(), new SigningAnswer.Refused(Refusal.NeedsApprovals, "one of the treasurers"), new SigningAnswer.Apart([new(1), new(3)]),
        new SigningAnswer.Busy(), new SigningAnswer.NoPresignature(), new SigningAnswer.Unable("no share"),
    ];

    [Fact]
    public void An_offer_is_read_as_it_was_written()
    {
        var (offer, withdrawn) = SigningOffer.Decode(Offer(1, 2).Encode());
        Assert.Null(withdrawn);
        Assert.Equal(Offer(1, 2).Encode(), offer!.Encode());
        Assert.Equal(acme.Request().Intent.Hash, offer.Request.Intent.Hash);
        Assert.Equal(acme.Request().Payload.Bytes.ToArray(), offer.Request.Payload.Bytes.ToArray());
        Assert.Equal((int[])[0, 5], offer.Inputs);

        var replacing = Offer() with { Request = acme.Replacing(acme.Request(), Deployment.Payment(Deployment.Ether / 2, gwei: 60), "faster") };
        Assert.Equal(acme.Request().Payload.Bytes.ToArray(), SigningOffer.Decode(replacing.Encode()).Offer!.Request.Original!.Payload.Bytes.ToArray());
        Assert.Equal(replacing.Encode(), SigningOffer.Decode(replacing.Encode()).Offer!.Encode());

        var (none, attempt) = SigningOffer.Decode(SigningOffer.EncodeWithdrawal(Fleet.Attempt(9)));
        Assert.Null(none);
        Assert.Equal(Fleet.Attempt(9), attempt);
    }

    [Fact]
    public void Every_input_has_a_session_of_its_own() =>
        Assert.Equal(6, ((byte[])[7, 8]).SelectMany(a => Enumerable.Range(0, 3).Select(i => Convert.ToHexString(SigningOffer.AttemptOf(Fleet.Attempt(a), i)))).Distinct().Count());

    [Fact]
    public void No_mutation_surprises_the_readers_of_offers_and_answers()
    {
        using var fuzzer = new Fuzzer(1);
        fuzzer.Run(FuzzTarget.Wire(SigningOffer.Read, (offer, writer) => offer.Write(writer), Offer().Encode(), Offer(1, 2).Encode()) with
        {
            AllocationLimit = (4_000, 1_000_000),
        }, 20_000);
        fuzzer.Run(FuzzTarget.Wire(SigningAnswer.Read, (answer, writer) => answer.Write(writer), answers.Select(a => a.Encode())), 20_000);
    }

    [Theory]
    [InlineData(new byte[] { 2, 1 })]
    [InlineData(new byte[] { 1, 3 })]
    [InlineData(new byte[] { 1, 2, 0 })]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { })]
    public void Another_version_or_kind_or_length_is_refused(byte[] bytes) => Assert.Throws<WireException>(() => SigningOffer.Decode(bytes));

    [Fact]
    public void Shapes_that_no_lead_sends_are_refused()
    {
        var offer = Offer();
        foreach (var wrong in (SigningOffer[])
            [offer with { Inputs = [] }, offer with { Inputs = [5, 0] }, offer with { Inputs = [3, 3] }, offer with { Quorum = new([new(1)]) }, Offer(1), Offer(1, 1)])
            Assert.Throws<WireException>(() => SigningOffer.Decode(wrong.Encode()));
        byte[] trailing = [.. offer.Encode(), 0];
        Assert.Throws<WireException>(() => SigningOffer.Decode(trailing));
    }

    [Fact]
    public void An_answer_carries_no_more_words_than_it_may_and_none_that_move_a_cursor()
    {
        Assert.All(answers, answer => Assert.Equal(answer.ToString(), SigningAnswer.Decode(answer.Encode())!.ToString()));
        var said = Assert.IsType<SigningAnswer.Unable>(SigningAnswer.Decode(new SigningAnswer.Unable("a\u001b[2J\n" + new string('é', 5_000)).Encode()));
        Assert.StartsWith("a [2J é", said.Detail, StringComparison.Ordinal);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(said.Detail) <= SigningAnswer.MaxDetail);
        Assert.Null(SigningAnswer.Decode([SigningAnswer.Version, 6, 0, 1, 0x1b]));
        Assert.Null(SigningAnswer.Decode([SigningAnswer.Version, 6, 0, 1, 0xff]));
        Assert.Null(SigningAnswer.Decode([SigningAnswer.Version, 1, 0]));
    }
}
