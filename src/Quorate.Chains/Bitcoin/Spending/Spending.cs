using System.Collections.Immutable;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Makes unsigned transactions: selects coins, pays, returns the change, and proves every amount in the PSBT. Also the ways
/// out when one is stuck: a replacement that pays more, a cancellation, a child that pays for its parent.
/// </summary>
public static class Spending
{
    /// <summary>Bytes of data that nodes have relayed since long.</summary>
    public const int MaxMemoSize = 80;

    /// <summary>The change output costs about these many virtual bytes to spend one day: what leaving it out saves besides its own.</summary>
    const int FutureSpendSize = 68;

    /// <summary>An unsigned transaction that does what the request says.</summary>
    /// <exception cref="ChainException">Not enough coins, dust, a fee above a limit, or too large to relay.</exception>
    /// <exception cref="FormatException">A recipient is on another chain.</exception>
    public static PlannedSpend Build(BitcoinNetwork network, SpendRequest request, IRandom random)
    {
        var (draft, outputs) = Plan(network, request, random);
        return Finish(request, draft, outputs, random);
    }

    /// <summary>The coins that <see cref="Build"/> would spend, which need not come with their transactions for this.</summary>
    /// <exception cref="ChainException">Not enough coins, dust, a fee above a limit.</exception>
    /// <exception cref="FormatException">A recipient is on another chain.</exception>
    public static ImmutableArray<Coin> Choose(BitcoinNetwork network, SpendRequest request, IRandom random)
    {
        var (draft, _) = Plan(network, request, random);
        CheckFee(request, draft);
        return [.. draft.Coins];
    }

    static (Draft Draft, List<TxOutput> Outputs) Plan(BitcoinNetwork network, SpendRequest request, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(random);
        if (request.FeeRate > request.MaxFeeRate || request.FeeRate > FeeRate.Max)
            throw new ChainException(ChainError.FeeTooHigh, $"The fee rate of {request.FeeRate} is above the limit of {request.MaxFeeRate}.");
        if (request.FeeRate < FeeRate.Minimum)
            throw new ChainException(ChainError.FeeTooLow, $"The fee rate of {request.FeeRate} is below what nodes relay, {FeeRate.Minimum}.");

        var outputs = OutputsOf(network, request);
        // The floor depends on the size, and the size on the coins: raise the fee until both fit.
        ulong extra = 0;
        while (true)
        {
            var draft = Draft.Select(request, outputs, extra, random);
            var floor = request.LeastFee(draft.VirtualSize);
            if (draft.Fee >= floor)
                return (draft, outputs);
            extra += floor - draft.Fee;
        }
    }

    /// <summary>
    /// A transaction that takes the place of <paramref name="original"/> (BIP 125): it spends the same coins and more only
    /// where they are confirmed, and pays all that was to be paid at <paramref name="rate"/>, but at least the old fee and
    /// the minimum rate on its own size.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="original">What is stuck.</param>
    /// <param name="rate">The new rate.</param>
    /// <param name="maxFee">The highest fee, in satoshi.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="descendantFees">Fees of the transactions that spend its outputs: they are replaced too.</param>
    /// <exception cref="ChainException">As <see cref="Build"/>, or the original says that it may not be replaced.</exception>
    public static PlannedSpend Replace(
        BitcoinNetwork network, PlannedSpend original, FeeRate rate, ulong maxFee, IRandom random, ulong descendantFees = 0)
    {
        ArgumentNullException.ThrowIfNull(original);
        return Build(network, Replacing(original, original.Request, rate, maxFee, descendantFees), random);
    }

    /// <summary>As <see cref="Replace"/>, but everything goes back to the wallet.</summary>
    /// <exception cref="ChainException">As <see cref="Replace"/>.</exception>
    public static PlannedSpend Cancel(
        BitcoinNetwork network, PlannedSpend original, FeeRate rate, ulong maxFee, IRandom random, ulong descendantFees = 0)
    {
        ArgumentNullException.ThrowIfNull(original);
        var nothing = original.Request with { Payments = [], Memo = default };
        return Build(network, Replacing(original, nothing, rate, maxFee, descendantFees), random);
    }

    /// <summary>
    /// A child that spends <paramref name="output"/> of an unconfirmed parent to <paramref name="request"/>'s change and pays
    /// so much that both together reach the request's rate.
    /// </summary>
    /// <exception cref="ChainException">As <see cref="Build"/>; not enough funds where the output does not cover the fee.</exception>
    public static PlannedSpend Accelerate(
        BitcoinNetwork network, Coin output, ulong parentFee, int parentVirtualSize, SpendRequest request, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parentVirtualSize);
        return Build(network, request with { Required = [output], Ancestors = new(parentFee, parentVirtualSize) }, random);
    }

    /// <summary>Spends all of <paramref name="coins"/> to one output of the wallet.</summary>
    /// <exception cref="ChainException">As <see cref="Build"/>.</exception>
    public static PlannedSpend Consolidate(
        BitcoinNetwork network, ImmutableArray<Coin> coins, WalletScript to, FeeRate rate, ulong maxFee, IRandom random) =>
        Build(network, new SpendRequest { Required = coins, Change = to, FeeRate = rate, MaxFee = maxFee }, random);

    static SpendRequest Replacing(PlannedSpend original, SpendRequest request, FeeRate rate, ulong maxFee, ulong descendantFees)
    {
        if (!original.Request.IsReplaceable)
            throw new ChainException(ChainError.Rejected, "The transaction says that it may not be replaced (BIP 125).");
        // Rule 6 of the nodes' policy: a higher rate than before, whatever the sizes.
        var least = new FeeRate(FeeRate.From(original.Fee, original.VirtualSize).SatoshiPerKvB + 1);
        var replaced = original.Fee + descendantFees;
        return request with
        {
            Required = original.Coins,
            Available = [.. original.Request.Available.Where(coin => coin.IsConfirmed && !original.Coins.Contains(coin))],
            FeeRate = rate > least ? rate : least,
            MaxFee = maxFee,
            FeeFloor = size => replaced + FeeRate.Minimum.Of(size),
        };
    }

    static List<TxOutput> OutputsOf(BitcoinNetwork network, SpendRequest request)
    {
        List<TxOutput> outputs = [];
        ulong sum = 0;
        foreach (var payment in request.Payments)
        {
            var script = BitcoinAddresses.ToScript(network, payment.To);
            if (payment.Value > BitcoinTransaction.MaxMoney - sum)
                throw new ChainException(ChainError.InsufficientFunds, "The payments exceed all bitcoin there will ever be.");
            if (payment.Value < Weights.DustLimit(script))
                throw new ChainException(ChainError.Dust, $"{payment.Value} satoshi to {payment.To} are dust: nodes relay {Weights.DustLimit(script)} and more.");
            sum += payment.Value;
            outputs.Add(new(payment.Value, script));
        }
        if (request.Memo.Length > MaxMemoSize)
            throw new ChainException(ChainError.Unsupported, $"A memo of {request.Memo.Length} bytes; nodes relay up to {MaxMemoSize}.");
        if (!request.Memo.IsEmpty)
            outputs.Add(new(0, OutputScript.Data(request.Memo.Span)));
        return outputs;
    }

    static void CheckFee(SpendRequest request, Draft draft)
    {
        if (draft.Fee > request.MaxFee)
            throw new ChainException(ChainError.FeeTooHigh, $"The fee of {draft.Fee} satoshi is above the limit of {request.MaxFee}.");
        if (FeeRate.From(draft.Fee, draft.VirtualSize) > request.MaxFeeRate && draft.Fee > request.MaxFeeRate.Of(draft.VirtualSize))
            throw new ChainException(ChainError.FeeTooHigh, $"The fee of {draft.Fee} satoshi for {draft.VirtualSize} vB is above the limit of {request.MaxFeeRate}.");
    }

    static PlannedSpend Finish(SpendRequest request, Draft draft, List<TxOutput> payments, IRandom random)
    {
        CheckFee(request, draft);
        if (4 * draft.VirtualSize > BitcoinTransaction.MaxStandardWeight)
            throw new ChainException(ChainError.Rejected, "The transaction would be larger than nodes relay: spend fewer coins at a time.");

        // Neither the coins' order nor the change's place tells an observer anything.
        var coins = Shuffle(draft.Coins, random);
        var outputs = new List<TxOutput>(payments);
        int? changeIndex = null;
        if (draft.Change is { } change)
        {
            changeIndex = CoinSelection.Below(random, outputs.Count + 1);
            outputs.Insert(changeIndex.Value, new(change, request.Change.Script));
        }
        var sequence = request.IsReplaceable ? TxInput.ReplaceableSequence : TxInput.ReplaceableSequence + 1;
        var transaction = new BitcoinTransaction(2, [.. coins.Select(coin => new TxInput(coin.Point, sequence))], [.. outputs], 0);
        var psbt = Psbt.Create(
            transaction,
            coins.Select(coin => InputMap(coin, coins.All(c => c.Owner.Kind == KeyScript.Taproot))),
            Enumerable.Range(0, outputs.Count).Select(i => OutputMap(i == changeIndex ? request.Change : null)));
        return new(psbt, request, coins, draft.Fee, draft.VirtualSize, changeIndex);
    }

    static PsbtMap InputMap(Coin coin, bool allTaproot)
    {
        var map = new PsbtMap();
        // Segregated witness inputs carry the output itself as well: some signers read nothing else.
        if (!allTaproot)
        {
            map.Add(PsbtField.NonWitnessUtxo, [], coin.Previous?.Encode() ?? throw new ChainException(
                ChainError.Unsupported, $"{coin.Point} comes without its transaction, and only that proves its amount."));
        }
        if (coin.Owner.Kind != KeyScript.KeyHash)
        {
            var writer = new ByteWriter(48);
            new TxOutput(coin.Value, coin.Owner.Script).Write(writer);
            map.Add(PsbtField.WitnessUtxo, [], writer.ToArray());
        }
        if (coin.Owner.RedeemScript is { } redeemScript)
            map.Add(PsbtField.RedeemScript, [], redeemScript);
        AddKey(map, coin.Owner, PsbtField.Derivation, PsbtField.TaprootDerivation, PsbtField.TaprootInternalKey);
        return map;
    }

    static PsbtMap OutputMap(WalletScript? owner)
    {
        var map = new PsbtMap();
        if (owner is null)
            return map;
        if (owner.RedeemScript is { } redeemScript)
            map.Add(PsbtField.OutputRedeemScript, [], redeemScript);
        AddKey(map, owner, PsbtField.OutputDerivation, PsbtField.OutputTaprootDerivation, PsbtField.OutputInternalKey);
        return map;
    }

    static void AddKey(PsbtMap map, WalletScript owner, byte derivation, byte taprootDerivation, byte internalKey)
    {
        var isTaproot = owner.Kind == KeyScript.Taproot;
        var key = isTaproot ? Bip340PublicKey.FromPoint(owner.Key).Encode() : owner.Key.Encode();
        if (isTaproot)
            map.Add(internalKey, [], key);
        if (owner.Origin is { } origin)
            map.Add(isTaproot ? taprootDerivation : derivation, key, origin.Encode(isTaproot));
    }

    static ImmutableArray<Coin> Shuffle(List<Coin> coins, IRandom random)
    {
        for (var i = coins.Count - 1; i > 0; i--)
        {
            var j = CoinSelection.Below(random, i + 1);
            (coins[i], coins[j]) = (coins[j], coins[i]);
        }
        return [.. coins];
    }

    /// <summary>Coins, fee and change that fit together.</summary>
    readonly record struct Draft(List<Coin> Coins, ulong Fee, ulong? Change, int VirtualSize)
    {
        internal static Draft Select(SpendRequest request, List<TxOutput> outputs, ulong extraFee, IRandom random)
        {
            var rate = request.FeeRate;
            var changeWeight = Weights.OfOutput(request.Change.Script.Length);
            var changeDust = Weights.DustLimit(request.Change.Script.Span);
            var paid = outputs.Aggregate(0UL, (sum, output) => sum + output.Value);
            // Counts as large as they can get with standard weight, and what rounding up to virtual bytes and satoshi adds.
            var frame = Weights.Frame + 2 * Weights.OfCount(1000) + outputs.Sum(output => Weights.OfOutput(output.Script.Length)) + 3;
            var target = (Int128)(paid + extraFee) * 4000 + (Int128)rate.SatoshiPerKvB * frame + 3999;
            foreach (var coin in request.Required)
                target -= coin.EffectiveValue(rate);

            var changeCost = (Int128)rate.SatoshiPerKvB * changeWeight;
            var withoutChange = changeCost + (Int128)FeeRate.Minimum.SatoshiPerKvB * 4 * FutureSpendSize;
            List<Coin>? added = null;
            // With nothing to pay there has to be change, or there would be no output.
            if (outputs.Count > 0)
                added = target <= 0 ? (target >= -withoutChange ? [] : null) : CoinSelection.BranchAndBound(request.Available, rate, target, withoutChange);
            if (added is null)
            {
                var withChange = target + changeCost + (Int128)changeDust * 4000;
                added = withChange <= 0 ? [] : CoinSelection.SingleRandomDraw(request.Available, rate, withChange, random);
                // Perhaps it is enough without change after all; the rest goes to the fee and is below dust.
                if (added is null && outputs.Count > 0)
                    added = target <= 0 ? [] : CoinSelection.SingleRandomDraw(request.Available, rate, target, random);
            }
            return added is null
                ? throw Insufficient(request, paid, extraFee, target)
                : Create(request, [.. request.Required, .. added], outputs, paid, extraFee, changeWeight, changeDust);
        }

        static Draft Create(
            SpendRequest request, List<Coin> coins, List<TxOutput> outputs, ulong paid, ulong extraFee, int changeWeight, ulong changeDust)
        {
            var sum = coins.Aggregate(0UL, (total, coin) => total + coin.Value);
            var weight = Weights.Frame + Weights.OfCount(coins.Count) + Weights.OfCount(outputs.Count)
                + outputs.Sum(output => Weights.OfOutput(output.Script.Length)) + coins.Sum(coin => coin.Weight);
            var size = Weights.ToVirtualSize(weight);
            var sizeWithChange = Weights.ToVirtualSize(weight + Weights.OfCount(outputs.Count + 1) - Weights.OfCount(outputs.Count) + changeWeight);
            var feeWithChange = request.FeeRate.Of(sizeWithChange) + extraFee;
            // Change below what it costs to spend is better given to the fee, and below dust it must be.
            var least = Math.Max(changeDust, FeeRate.Minimum.Of(FutureSpendSize));
            if (outputs.Count == 0)
                least = changeDust;
            if (sum >= paid + feeWithChange && sum - paid - feeWithChange >= least)
                return new(coins, feeWithChange, sum - paid - feeWithChange, sizeWithChange);
            return outputs.Count > 0 && sum >= paid + request.FeeRate.Of(size) + extraFee
                ? new(coins, sum - paid, null, size)
                : throw Insufficient(request, paid, extraFee, 4000);
        }

        static ChainException Insufficient(SpendRequest request, ulong paid, ulong extraFee, Int128 target)
        {
            var has = request.Required.Concat(request.Available).Aggregate(0UL, (sum, coin) => sum + coin.Value);
            var useful = request.Available.Select(coin => coin.EffectiveValue(request.FeeRate)).Where(value => value > 0)
                .Aggregate((Int128)0, (sum, value) => sum + value);
            var missing = (target - useful + 3999) / 4000;
            return new(ChainError.InsufficientFunds,
                $"The coins are worth {has} satoshi; to pay {paid} at {request.FeeRate} takes {Int128.Max(missing, 1)} more"
                + (extraFee > 0 ? $", {extraFee} of it beyond the rate." : "."));
        }
    }
}
