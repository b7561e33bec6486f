#!/usr/bin/env perl
# worked-example: a very small interpreter that speaks the protocol (docs/protocol.md) and offers the switcher's alphabet.
#
# Each line on standard input is a message, and each is answered with one line. To put a real interpreter under the suite, keep the loop at
# the end, and let the commands do with it what they do with the hashes here. Nothing but perl itself is needed.

use strict;
use warnings;

$| = 1;

my ($progress) = map { $ARGV[ $_ + 1 ] } grep { $ARGV[$_] eq '--progress' } 0 .. $#ARGV;
my $mark;
if (defined $progress) {
    open $mark, '+<', $progress or die "$progress: $!\n";
}

# ---- The interpreter: contexts, each with the blocks it is inside of ------------------------------------------------------------------
# 0 is the root context, 1 to 3 are spawned. 4 is the root of a second thread: it is there, and out of reach.

my (%context, $running, $local, $shown);

sub reset_all {
    %context = (0 => { state => 'running', parent => 0, blocks => [], handled => [], vars => [ 0, 0 ] });
    ($running, $local) = (0, 0);
}

sub me { $context{$running} }

# [left to you: READY-02, RESTORE-02: the handled exceptions belong to the context that runs, not to everybody]
sub handled { me()->{handled} }
# [until here]
# [instead] my @handled;
# [instead] sub handled { \@handled }

sub enter {
    my ($block) = @_;
    return 'inapplicable' if @{ me()->{blocks} } == 12;
    unshift @{ me()->{blocks} }, $block;
    return 'ok';
}

sub except {
    my ($e) = @_;
    my $status = enter("e$e");
    unshift @{ handled() }, [ "e$e", @{ handled() } ? handled()->[0][0] : undef ] if $status eq 'ok';
    return $status;
}

sub leave {
    my $block = shift @{ me()->{blocks} };
    return 'inapplicable' if !defined $block;
    shift @{ handled() } if $block =~ /^e/;
    return 'ok';
}

sub is_free { my $c = $context{ $_[0] }; return !$c || $c->{state} eq 'finished' }

sub switch_to {
    my ($c) = @_;
    me()->{state} = 'suspended' if me()->{state} eq 'running';
    $running = $c;
    me()->{state} = 'running';
    return 'ok';
}

# The children of a dead context are its heir's.
sub finished {
    my ($c, $heir) = @_;
    $context{$c}{state} = 'finished';
    $_->{parent} == $c and $_->{parent} = $heir for values %context;
}

sub receiver { my $p = me()->{parent}; return $context{$p}{state} eq 'suspended' ? $p : 0 }

sub finish {
    my $to = receiver();
    1 while leave() eq 'ok';
    finished($running, me()->{parent});
    return switch_to($to);
}

# Every command is total: where it does not apply it changes nothing and says so.
my %command = (
    'call'   => sub { enter("call$_[0]") },
    'leave'  => sub { leave() },
    'except' => sub { except($_[0]) },
    'var'    => sub { me()->{vars}[ $_[0] ] = $_[1]; 'ok' },
    'local'  => sub { $local = $_[0]; 'ok' },
    'spawn'  => sub {
        my ($c) = @_;
        return 'inapplicable' if !is_free($c);
        $context{$c} = { state => 'born', parent => $running, blocks => [], handled => [], vars => [ 0, 0 ] };
        return 'ok';
    },
    'switch' => sub {
        my ($c) = @_;
        return $c == $running ? 'ok' : $c == 4 ? 'refused' : is_free($c) ? 'inapplicable' : switch_to($c);
    },
    'finish' => sub { $running == 0 ? 'inapplicable' : finish() },
    # [left to you: SWITCH-04, SWITCH-05, FRAME-01: fail, throw and walk; what is not in this table is not offered, and not observable]
    'fail' => sub {
        my ($e) = @_;
        return 'inapplicable' if $running == 0 || @{ $context{ receiver() }{blocks} } == 12;
        finish();
        return except($e);
    },
    'throw' => sub {
        my ($c, $e) = @_;
        return 'refused' if $c == 4;
        return 'inapplicable' if is_free($c) || $context{$c}{state} ne 'suspended' || @{ $context{$c}{blocks} } == 12;
        switch_to($c);
        return except($e);
    },
    'walk' => sub {
        my ($c) = @_;
        return 'inapplicable' if is_free($c) || $context{$c}{state} ne 'suspended';
        $shown = $context{$c};
        return 'ok';
    },
    # [until here]
);

# ---- The protocol ---------------------------------------------------------------------------------------------------------------------

sub words { join ',', map { defined $_ ? "\"$_\"" : 'null' } @_ }

# status, running, frames, handled, vars, trace, profile, event, local, probe: what is not declared in hello is null.
sub observation {
    my ($status) = @_;
    my @frames = grep { /^call/ } @{ ($shown || me())->{blocks} };
    my $innermost = handled()->[0];
    return sprintf '["%s",%d,[%s],[%s],[%d,%d],null,null,null,%d,null]',
        $status, $running, words(@frames), $innermost ? words(@$innermost) : '', @{ me()->{vars} }, $local;
}

# A crash is blamed on the command that was begun last. Without the option there is no such file.
sub begin {
    my ($script, $index) = @_;
    return if !$mark;
    sysseek $mark, 0, 0;
    syswrite $mark, pack 'VVa8', $script, $index, 'PYSTATE1';
}

sub run_script {
    my ($number, @commands) = @_;
    reset_all();
    my @seen;
    for my $i (0 .. $#commands) {
        my ($name, @arguments) = @{ $commands[$i] };
        begin($number, $i);
        undef $shown;
        my $do = $command{$name} or die "not a command: $name\n";
        push @seen, observation($do->(@arguments));
        undef $shown;
    }

    begin($number, scalar @commands);   # the teardown: every context unwinds, and nothing is left
    reset_all();
    @{ handled() } = ();
    return '[' . join(',', @seen, observation('ok')) . ']';
}

sub run_batch {
    my ($line) = @_;
    my ($id) = $line =~ /"id":\s*(\d+)/ or die "a run without an id\n";
    $line =~ /"scripts":\s*\[/g or die "a run without scripts\n";
    my (@results, @commands);
    while ($line =~ /\G\s*(?:\[\s*"([a-z-]+)"(?:\s*,\s*(\d+))?(?:\s*,\s*(\d+))?\s*\]|([\[\],]))/gc) {
        if (defined $1) {
            push @commands, [ $1, grep { defined } $2, $3 ];
        } elsif ($4 eq '[') {
            @commands = ();
        } elsif ($4 eq ']') {
            last if $line =~ /\G\s*\}/;
            push @results, run_script(scalar @results, @commands);
        }
    }
    return sprintf '{"op":"ran","id":%d,"results":[%s]}', $id, join ',', @results;
}

sub hello {
    return sprintf '{"op":"hello","protocol":1,"implementation":{"name":"worked-example","version":"1.0"},'
        . '"interpreter":{"name":"very small","version":"1.0"},"alphabets":["switcher"],"commands":[%s],'
        . '"channels":["status","running","frames","handled","vars","local"],'
        . '"choices":{"freshContext":"empty","finishTo":"spawner","freshDepth":"zero"},"topology":"mesh","threads":1,"levels":null}',
        words(sort keys %command);
}

while (my $line = <STDIN>) {
    my ($op) = $line =~ /"op":\s*"([a-z]+)"/;
    last if defined $op && $op eq 'bye';
    my $answer = eval { !defined $op ? die "not a message\n" : $op eq 'hello' ? hello() : $op eq 'run' ? run_batch($line) : die "no such message: $op\n" };
    if (!defined $answer) {
        my $why = $@;
        $why =~ s/["\\\s]+/ /g;
        $answer = qq({"op":"error","message":"$why"});
    }
    print "$answer\n";
}
