using System.Text;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Gate;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;
using Quorate.Testing;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sharing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>The intent that the server makes of what the caller has given, as the node's own judge looks at it.</summary>
public sealed class MessageIntentTests
{
    const string TypedData =
        """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}],"Note":[{"name":"text","type":"string"}]},
        "primaryType":"Note","domain":{"name":"Notes","chainId":1},"message":{"text":"hello"}}
        """;

    static readonly EthereumFormat format = new(1);
    static readonly Bip32Path path = new(0, 7);

    readonly EthereumDesk desk;
    readonly EthereumJudge judge = new(format);
    readonly WalletKeys keys;
    readonly SigningWallet wallet;

    public MessageIntentTests()
    {
        using var share = KeyImport.Share(KeyScheme.Dkls23, new(1), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(2)), new byte[32]);
        keys = new("treasury", share.Package, null, null);
        wallet = new("acme", "treasury", 1, new(format.ToAddress(EthereumAddress.FromPublicKey(share.Package.DeriveChild(path).GroupKey)), path));
        // A message is read without the network and without lanes.
        desk = new(new EthereumNetwork(new(format, new HttpClient(), new("http://127.0.0.1:9"))), new SimDatabase(new(1, 0), new()).Direct, new(), TimeProvider.System);
    }

    [Theory]
    [InlineData(PayloadForm.PersonalMessage, "hello, I agree to the terms.", true)]
    [InlineData(PayloadForm.PersonalMessage, "hello, 32 bytes: may be a hash..", false)]
    [InlineData(PayloadForm.TypedData, TypedData, false)]
    public void The_node_derives_the_same_of_a_message(object form, string text, bool isUnderstood)
    {
        var kind = (PayloadForm)form;
        var prepared = Make(kind, Encoding.UTF8.GetBytes(text));
        var intent = IntentMaker.Read(prepared);
        var finding = judge.Judge(new((PayloadKind)prepared.Form, prepared.Unsigned.Bytes), keys, intent.Signatures[0].Path);
        Assert.True(intent.Binds(prepared.Unsigned.Bytes.Span, finding.Inputs, path));
        Assert.Equal((kind, null, intent.Hash), (prepared.Form, intent.MaxFee, prepared.IntentHash));
        var (effects, _) = desk.Read(kind, prepared.Unsigned.Bytes, wallet.Context);
        Assert.Equal(isUnderstood, effects.IsFullyUnderstood);
        Assert.Equal([.. finding.Effects.Items], effects.Items.ToArray());
        Assert.Equal([.. finding.Effects.NotUnderstood], effects.NotUnderstood.ToArray());
        // Other bytes are another intent.
        Assert.NotEqual(prepared.IntentHash, Make(kind, Encoding.UTF8.GetBytes(text.Replace("hello", "hallo", StringComparison.Ordinal))).IntentHash);
    }

    [Fact]
    public void What_the_node_does_not_read_the_server_does_not_prepare()
    {
        Assert.Throws<FormatException>(() => Make(PayloadForm.TypedData, "{}"u8.ToArray()));
        Assert.Throws<FormatException>(() => Make(PayloadForm.PersonalMessage, new byte[PersonalMessage.MaxSize + 1]));
        foreach (var form in (PayloadForm[])[PayloadForm.TypedData, PayloadForm.PersonalMessage])
            Assert.Throws<FormatException>(() => ((ITransferDesk)new NoMessages()).Read(form, "hello"u8.ToArray(), wallet.Context));
    }

    [Fact]
    public void What_the_caller_has_given_is_prepared_as_it_is_and_never_anew()
    {
        var state = State(PayloadForm.PersonalMessage, "hello"u8.ToArray());
        state = Say(state, new TransferCommand.Submit(TransferSamples.Noon, TransferSamples.Noon.AddMinutes(5)));
        var other = Make(PayloadForm.PersonalMessage, "hallo"u8.ToArray());
        Assert.Equal("other_bytes", TransferDecider.Decide(state, new TransferCommand.Prepare(TransferSamples.Noon, other)).Refusal?.Code);
        state = Say(state, new TransferCommand.Prepare(TransferSamples.Noon, Make(PayloadForm.PersonalMessage, "hello"u8.ToArray())));
        Assert.Equal("other_bytes", TransferDecider.Decide(
            state, new TransferCommand.Prepare(TransferSamples.Noon, other with { Purpose = TransactionPurpose.Refresh })).Refusal?.Code);
    }

    static TransferState Say(TransferState state, TransferCommand command)
    {
        var decision = TransferDecider.Decide(state, command);
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(state, TransferEvolution.Evolve);
    }

    TransferState State(PayloadForm form, byte[] bytes) => Say(TransferState.None, new TransferCommand.Request(TransferSamples.Noon, TransferSamples.Message() with
    {
        Subject = new TransferSubject.Message(format.Chain, wallet.Context.Signer.Text, form, new(bytes)),
    }));

    PreparedTransaction Make(PayloadForm form, byte[] bytes) =>
        IntentMaker.Make(State(form, bytes), wallet, desk, new(bytes, []), TransactionPurpose.Original, null, TransferSamples.Expiry);

    /// <summary>A desk that says nothing of messages.</summary>
    sealed class NoMessages : ITransferDesk
    {
        public ITransactionFormat Format => format;

        public ITransferDesk Over(Quorate.Server.Lanes.IEventLog other) => this;

        public Task<(System.Collections.Immutable.ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(TransferState transfer, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<Draft> BuildAsync(TransferState transfer, SigningWallet wallet, System.Collections.Immutable.ImmutableArray<Reservation> reservations, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<Draft> ReplaceAsync(TransferState transfer, SigningWallet wallet, int replaced, bool cancels, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<bool> IsHeldAsync(TransferState transfer, int transaction, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Quorate.Server.Lanes.LaneRefusal?> BindAsync(TransferState transfer, SigningWallet wallet, int transaction, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<string> SendAsync(TransferState transfer, int transaction, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<TransactionStatus> LookAsync(TransferState transfer, int transaction, CancellationToken cancellation) => throw new NotSupportedException();

        public Task SettleAsync(TransferState transfer, NotedReservation reservation, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<LaneGap?> TidyAsync(Address account, Func<string, Task<bool>> hasEnded, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
