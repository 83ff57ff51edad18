# %% question="transfer_benefit"
def transfer_benefit(with_t,without_t,threshold,tail=5):
    s=-1 if with_t['metric']=='loss' else 1
    def first(c):
        for k,v in zip(c['step'],c['val']):
            if s*v>=s*threshold: return k
    a,b=first(with_t),first(without_t)
    return {'jumpstart':s*(with_t['val'][0]-without_t['val'][0]),
            'speedup_steps':None if a is None or b is None else b-a,
            'asymptote_gain':s*(with_t['val'][-1]-without_t['val'][-1])}
# %% question="choose_technique"
def choose_technique(s):
    P,A,H,k=s['parameters'],s['adapter_parameters'],s['head_parameters'],s['customers']
    r=set()
    da=s['source_data'] and s['same_classes'] and s['target_unlabelled']>0
    for n,still,c in (('feature_extraction',P,H),('lora',P,A+H),('full_fine_tuning',0,P+H),('domain_adaptation',0,P+H)):
        ok=da if n=='domain_adaptation' else s['target_labels']>0
        if s['access']=='embeddings': ok=ok and n=='feature_extraction'
        else:
            ok=ok and 4*still+8*c<=s['memory_gb']*1e9 and 4*still+4*k*c<=s['disk_gb']*1e9
            if s['one_copy'] and not still: ok=False
        if ok: r.add(n)
    return r
# %% question="count_trainable"
def count_trainable(spec):
    h=spec['head']['n_out']*(spec['head']['n_in']+spec['head']['bias'])
    f=h;l=0
    for x in spec['layers']:
        k=x['kind']
        if k=='linear':
            f+=x['n_out']*x['bias']
            if not x.get('weight_of'): f+=x['n_in']*x['n_out']
            if x['name'] in spec['lora']['targets']: l+=spec['lora']['r']*(x['n_in']+x['n_out'])
        elif k=='conv': f+=x['n_out']*(x['n_in']*x['kernel'][0]*x['kernel'][1]+x['bias'])
        elif k=='embedding': f+=x['n_words']*x['width']
        else: f+=2*x['width']
    return {'feature_extraction':h,'full_ft':f,'lora':l}
# %% question="order_steps"
def order_steps(steps,ctx):
    o=['split','fit_statistics','normalise','build_model','freeze','load_weights','swap_head','add_lora','make_optimizer','train','choose_best','save','merge_lora','test']
    if ctx['saves']!='adapter': o[11],o[12]=o[12],o[11]
    return [x for x in o if x in steps]
# %% question="what_changes"
def what_changes(setup):
    L={l['name']:l for l in setup['layers']}
    r=set()
    for key in setup['keys']:
        n,_,t=key.rpartition('.')
        l=L[n]
        o=L[l['weight_of'] or n] if t=='weight' else l
        held=n in setup['optimizer']
        if t=='weight': held=any(m in setup['optimizer'] for m in L if (L[m]['weight_of'] or m)==o['name'])
        if 'running' in t or 'tracked' in t: continue
        if t=='lora_A': ok=held and setup['steps']>1
        elif t=='lora_B': ok=held
        else: ok=held and not o['frozen'] and not l['lora']
        if ok: r.add(key)
    return r
